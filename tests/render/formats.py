"""A small tokenizer of our own, and how Hypothesis makes chats."""

from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from tracemill.records.datasets.examples import Message
from tracemill.render.chat_format import ChatFormat, load_format
from tracemill.render.tokenizer_files import FileTokenizer

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
WORDS = (
    'system user assistant tool The test fails in line 12; I run it again. {"name": "run", '
    '"arguments": {"path": "src/a.py"}}\n<tool_call>\n</tool_call>\n\n  def f(x):\n    return x\n'
)


@cache
def backend() -> Tokenizer:
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, initial_alphabet=alphabet, show_progress=False)
    made.train_from_iterator([WORDS] * 3, trainer)
    made.add_tokens([AddedToken(text, special=True, normalized=False) for text in SPECIAL])
    return made


@cache
def tokenizer() -> FileTokenizer:
    return FileTokenizer(backend(), {"eos_token": "<|im_end|>"})


def tokenizer_file(folder: Path) -> Path:
    path = folder / "tokenizer.json"
    tokenizer().save(path)
    return path


@cache
def shipped(name: str) -> ChatFormat:
    from tracemill.render.chat_format import shipped_template
    from tracemill.render.chat_template import ChatTemplate

    return ChatFormat(ChatTemplate(name, shipped_template(name)), tokenizer())


def call(name: str, number: int = 0, /, **arguments: Any) -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {"type": "function", "id": f"call_{number}", "function": function}


_text = st.text(max_size=30).filter(lambda t: "<" not in t)
_plain = st.one_of(
    _text, st.sampled_from(["\n\nwell", " so\n", "a\r\n\r\n", '{"name": 1}', "e\u0301"])
)
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _plain | st.just("</tool_call>"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_plain, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def answers(draw: st.DrawFn, calls: bool = True) -> list[Message]:
    """One answer of the assistant, and the results of its calls."""
    n_calls = draw(st.integers(0, 2)) if calls else 0
    made = tuple(
        call(
            draw(st.sampled_from(["run", "read_file"])),
            i,
            **draw(st.dictionaries(_plain, _json, max_size=2)),
        )
        for i in range(n_calls)
    )
    reasoning = draw(st.none() | _plain.filter(bool)) if calls else None
    content = draw(_plain if made or reasoning else _plain.filter(bool))
    said = Message(
        role="assistant",
        content=content,
        reasoning=reasoning,
        tool_calls=made,
        trained=draw(st.booleans()),
    )
    results = [
        Message(role="tool", content=draw(_plain), tool_call_id=c["id"], name=c["function"]["name"])
        for c in made
    ]
    return [said, *results]


@st.composite
def chats(draw: st.DrawFn, calls: bool = True) -> list[Message]:
    """A whole chat, as steps give it."""
    found = [Message(role="system", content=draw(_plain))] if draw(st.booleans()) else []
    for _ in range(draw(st.integers(1, 3))):
        found.append(Message(role="user", content=draw(_plain)))
        for _ in range(draw(st.integers(1, 2))):
            found += draw(answers(calls))
    return found


TOOLS: tuple[dict[str, Any], ...] = (
    {
        "type": "function",
        "function": {
            "name": "run",
            "description": "Run a command.",
            "parameters": {
                "type": "object",
                "properties": {
                    "command": {"type": "string"},
                    "how": {"type": "string", "enum": ["fast", "slow"]},
                    "paths": {"type": "array", "items": {"type": "string"}},
                    "limit": {"type": ["integer", "null"]},
                    "other": {},
                },
                "required": ["command"],
            },
        },
    },
    {"type": "function", "function": {"name": "read_file", "parameters": {"type": "object", "properties": {}}}},
)  # fmt: skip

__all__ = [
    "SPECIAL",
    "TOOLS",
    "answers",
    "call",
    "chats",
    "load_format",
    "shipped",
    "tokenizer",
    "tokenizer_file",
]
