"""Tokenizers and templates as models bring them: files, folders, and GGUF."""

import json
from pathlib import Path
from typing import Any

import pytest
from gguf import GGUFWriter

from tests.render.formats import SPECIAL, backend, tokenizer, tokenizer_file
from tracemill.base.errors import UnknownNameError, UsageError
from tracemill.render.chat_format import load_format, shipped_template
from tracemill.render.tokenizer_files import load_model_files, load_tokenizer

TEXTS = ("def f(x):\n    return x", "Łódź 🙂\r\n", "<|im_start|>user\n<|im_end|>", " a  b")


def gguf(path: Path, rule: str = "gpt-2", kind: str = "gpt2", **more: str) -> Path:
    """A GGUF file that holds the tokenizer of these tests and nothing else."""
    kept = json.loads(backend().to_str())
    vocabulary = sorted(backend().get_vocab().items(), key=lambda item: item[1])
    writer = GGUFWriter(str(path), "llama")
    writer.add_tokenizer_model(kind)
    writer.add_tokenizer_pre(rule)
    writer.add_token_list([text for text, _ in vocabulary])
    writer.add_token_types([3 if text in SPECIAL else 1 for text, _ in vocabulary])
    writer.add_token_merges([" ".join(merge) for merge in kept["model"]["merges"]])
    writer.add_eos_token_id(dict(vocabulary)["<|im_end|>"])
    for name, value in more.items():
        writer.add_string(f"tokenizer.{name}", value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return path


def test_a_gguf_file_gives_the_tokens_of_the_tokenizer_that_it_was_made_of(tmp_path: Path) -> None:
    found = load_model_files(gguf(tmp_path / "m.gguf", chat_template="{{ messages }}"))

    assert [found.tokenizer.encode(t) for t in TEXTS] == [tokenizer().encode(t) for t in TEXTS]
    assert found.tokenizer.sha256 == tokenizer().sha256
    assert found.tokenizer.tokens == {"eos_token": "<|im_end|>"}
    assert found.template == "{{ messages }}"


def test_each_digit_is_a_token_where_the_rule_says_so(tmp_path: Path) -> None:
    plain, digits = (
        load_tokenizer(gguf(tmp_path / f"{rule}.gguf", rule)) for rule in ("gpt-2", "smollm")
    )

    assert digits.sha256 != plain.sha256
    assert [plain.decode([token]) for token in plain.encode("e 12;")] == ["e", " 12", ";"]
    assert [digits.decode([token]) for token in digits.encode("e 12;")] == ["e", " ", "1", "2", ";"]


@pytest.mark.parametrize(("rule", "kind"), [("tekken", "gpt2"), ("gpt-2", "llama")])
def test_a_rule_that_is_not_known_is_refused(rule: str, kind: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be rebuilt faithfully"):
        load_tokenizer(gguf(tmp_path / "m.gguf", rule, kind))


@pytest.mark.parametrize("name", ["m.gguf", "tokenizer.json"])
def test_a_file_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text('{"model": "none"}')

    with pytest.raises(UsageError, match="is no"):
        load_tokenizer(tmp_path / name)


def test_a_gguf_file_that_broke_off_or_is_damaged_is_refused(tmp_path: Path) -> None:
    whole = gguf(tmp_path / "m.gguf").read_bytes()
    merge = whole.index(b"tokenizer.ggml.merges") + 60
    damaged = whole[:merge] + b"\xff\xfe" + whole[merge + 2 :]
    for number, content in enumerate([whole[:n] for n in range(0, 400, 9)] + [damaged]):
        part = tmp_path / f"{number}.gguf"
        part.write_bytes(content)

        with pytest.raises(UsageError, match=r"GGUF file|has no tokenizer|holds no tokenizer"):
            load_tokenizer(part)


def test_a_folder_without_a_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no tokenizer in"):
        load_tokenizer(tmp_path)


@pytest.mark.parametrize(
    "config",
    [
        {"chat_template": shipped_template("compact")},
        {"chat_template": [{"name": "default", "template": shipped_template("compact")}]},
        {"chat_template": "{{ 1 }}"},
    ],
)
def test_a_models_folder_brings_its_template_and_tokens(
    config: dict[str, Any], tmp_path: Path
) -> None:
    tokenizer_file(tmp_path)
    tokens = {"eos_token": {"content": "<|im_end|>"}, "bos_token": None}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config | tokens))
    if config["chat_template"] == "{{ 1 }}":
        (tmp_path / "chat_template.jinja").write_text(shipped_template("compact"))

    form = load_format("model", tmp_path)

    assert form.spec.eos_token == "<|im_end|>"
    assert form.spec.template_sha256 == load_format("compact", tmp_path).spec.template_sha256


def test_a_model_without_a_template_of_its_own_is_said_to_have_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"own chat template.*found none.*chatml or compact"):
        load_format("model", tokenizer_file(tmp_path))


def test_an_unknown_template_is_named_with_those_that_are_shipped(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="'compakt'; known: chatml, compact"):
        load_format("compakt", tokenizer_file(tmp_path))
