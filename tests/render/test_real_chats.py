"""Real sessions under real templates: what is trained is what the agent said, in every example."""

from pathlib import Path

import pytest

from tests.render.formats import shipped, tokenizer
from tests.sources.reading import FOREIGN
from tracemill.cli.app import call
from tracemill.flows.datasets.examples import examples_of
from tracemill.flows.datasets.versions import find_version
from tracemill.records.datasets.examples import ChatExample
from tracemill.render.chat_format import ChatFormat
from tracemill.render.chat_template import ChatTemplate
from tracemill.render.tokens import trained_texts
from tracemill.store.workspace import Workspace

pytestmark = pytest.mark.foreign

FORMATS = FOREIGN / "formats"


@pytest.fixture(scope="module")
def chats(tmp_path_factory: pytest.TempPathFactory) -> list[ChatExample]:
    if not FORMATS.is_dir():
        pytest.skip(f"no real sessions under {FORMATS}; set TRACEMILL_SHARED_DATA")
    root = tmp_path_factory.mktemp("real")
    call(["run", str(FORMATS / "claude_code"), "--workspace", str(root), "--quiet"])
    folder, version = find_version(Workspace(root), "chat")
    found = [each.example for each in examples_of(folder, version)]
    return [each for each in found if isinstance(each, ChatExample)]


def test_every_answer_reads_back_to_the_letter(chats: list[ChatExample]) -> None:
    form = shipped("compact")

    assert len(chats) > 50
    for example in chats:
        (row,) = form.rows(example.messages, example.tools)
        said = [message for message in example.messages if message.trained]
        read = [form.parse(text).message for text in trained_texts(form.tokenizer, row)]
        assert [(m.content, m.reasoning or None) for m in read] == [
            (m.content, m.reasoning or None) for m in said
        ]
        assert [[c["function"] for c in m.tool_calls] for m in read] == [
            [c["function"] for c in m.tool_calls] for m in said
        ]


@pytest.mark.train
@pytest.mark.parametrize(
    "name", ["qwen2_5_training", "qwen3_training", "qwen3_instruct_2507_training", "gemma4_v2"]
)
def test_other_peoples_templates_say_all_of_every_example(
    name: str, chats: list[ChatExample]
) -> None:
    trl = pytest.importorskip("trl", reason="needs the package trl")
    path = Path(trl.__file__).parent / "chat_templates" / f"{name}.jinja"
    form = ChatFormat(ChatTemplate(name, path.read_text()), tokenizer())

    assert chats
    for example in chats:
        (row,) = form.rows(example.messages, example.tools)
        assert len(row.trained) == sum(message.trained for message in example.messages)
