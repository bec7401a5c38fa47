"""Tokenizers from files: `tokenizer.json`, a folder that holds one, or a GGUF model.

A GGUF file names the rule by which text is split before it is encoded, and does not hold it. Only
rules that are known here are taken; a tokenizer with another rule would be almost right, which
shows in a few texts of a thousand and in no error (SmolLM's digits, each one a token, are such a
rule). Nothing is ever downloaded.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

from tracemill.base.errors import UsageError
from tracemill.base.named_files import require_there

_PROBES: Final = (
    "x = 10245.5\n\n\n  2", "line 12; 2026",
    "Łódź naïve ﬁ 你好 🙂‍↔️", " a  b\tc \r\n\n2.", '<tool_call>\n{"a": 1}',
    "I'LL don't", "café",
)  # fmt: skip
_QWEN: Final = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_LLAMA: Final = _QWEN.replace(r"|\p{N}|", r"|\p{N}{1,3}|")
_CONTROL, _USER_DEFINED = 3, 4
"""Kinds of tokens in a GGUF file that are read as a whole."""


class FileTokenizer:
    """A tokenizer of the `tokenizers` library."""

    def __init__(self, backend: Tokenizer, tokens: Mapping[str, str]) -> None:
        self._backend = backend
        self.tokens = dict(tokens)

    @cached_property
    def sha256(self) -> str:
        """Hash of vocabulary, merges, added tokens and the ids of probes, however they are kept."""
        kept = json.loads(self._backend.to_str())
        merges = [
            m.split(" ") if isinstance(m, str) else m for m in kept["model"].get("merges", ())
        ]
        added = sorted((each["id"], each["content"]) for each in kept["added_tokens"])
        vocabulary = sorted(self._backend.get_vocab().items())
        said = [vocabulary, merges, added, [self.encode(probe) for probe in _PROBES]]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    def encode(self, text: str) -> list[int]:
        """Return the ids of `text`, with nothing put before or behind."""
        ids: list[int] = self._backend.encode(text, add_special_tokens=False).ids
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of `ids`, special tokens included."""
        text: str = self._backend.decode(list(ids), skip_special_tokens=False)
        return text

    def save(self, path: Path) -> None:
        """Write it as `tokenizer.json`."""
        self._backend.save(str(path))


class ModelFiles(NamedTuple):
    """What a model's file or folder says of the form that it wants."""

    tokenizer: FileTokenizer
    """Its tokenizer, with the tokens that templates ask for."""
    template: str | None
    """Its chat template; None where it has none."""


def load_tokenizer(path: Path) -> FileTokenizer:
    """Return the tokenizer in `path`: a `tokenizer.json`, a model's folder, or a GGUF file.

    Raises:
        UsageError: there is none, or it cannot be rebuilt faithfully.
    """
    return load_model_files(path).tokenizer


def load_model_files(path: Path) -> ModelFiles:
    """Return tokenizer and template of a model's folder or file.

    Raises:
        NotFoundError: nothing is at that place.
        UsageError: there is no tokenizer, or it cannot be rebuilt faithfully.
    """
    require_there(path, "tokenizer")
    if path.suffix == ".gguf" and path.is_file():
        return _from_gguf(path)
    folder, file = (path, path / "tokenizer.json") if path.is_dir() else (path.parent, path)
    if not file.is_file():
        raise UsageError(
            f"no tokenizer in {str(path)!r}: name a tokenizer.json, its folder or a GGUF"
        )
    try:
        backend = Tokenizer.from_file(str(file))
    except Exception as error:
        if type(error) is not Exception:  # the library has no type of its own for a bad file
            raise
        raise UsageError(f"{str(file)!r} is no tokenizer: {error}") from None
    backend.no_truncation()
    backend.no_padding()
    config = _config(folder / "tokenizer_config.json")
    return ModelFiles(FileTokenizer(backend, _tokens(config)), template_in(folder))


def _config(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        return {}
    try:
        said = json.loads(path.read_bytes())
    except ValueError as error:
        raise UsageError(f"{str(path)!r} is no JSON: {error}") from None
    return said if isinstance(said, dict) else {}


def _tokens(config: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of the tokens that templates ask for by name."""
    said = {name: config.get(name) for name in ("bos_token", "eos_token", "pad_token", "unk_token")}
    texts = {n: each.get("content") if isinstance(each, dict) else each for n, each in said.items()}
    return {name: text for name, text in texts.items() if isinstance(text, str)}


def template_in(folder: Path) -> str | None:
    """Return the chat template of a model's folder; None where it has none."""
    if (file := folder / "chat_template.jinja").is_file():
        return file.read_text()
    found = _config(folder / "tokenizer_config.json").get("chat_template")
    if isinstance(found, list):
        found = {each.get("name"): each.get("template") for each in found}.get("default")
    return found if isinstance(found, str) else None


def _from_gguf(path: Path) -> ModelFiles:
    from gguf import GGUFReader

    try:
        return _described(_Fields(path, GGUFReader(str(path)).fields))
    except UsageError:
        raise
    except (ValueError, LookupError, TypeError, OverflowError) as error:
        raise UsageError(
            f"{str(path)!r} is no GGUF file, or a damaged or broken off one "
            f"({type(error).__name__}); get it again"
        ) from None
    except Exception as error:
        if type(error) is not Exception:  # as of a tokenizer.json
            raise
        raise UsageError(f"{str(path)!r} holds no tokenizer that can be made") from None


def _described(said: _Fields) -> ModelFiles:
    """Return tokenizer and template as the fields of a GGUF file describe them."""
    texts: list[str] = said.need("tokenizer.ggml.tokens")
    backend = _byte_pairs(said, texts)
    special = [
        AddedToken(text, special=kind == _CONTROL, normalized=False)
        for text, kind in zip(texts, said.need("tokenizer.ggml.token_type"), strict=True)
        if kind in {_CONTROL, _USER_DEFINED}
    ]
    backend.add_tokens(special)
    tokens = {
        f"{short}_token": texts[number]
        for short, long in (("bos", "bos"), ("eos", "eos"), ("pad", "padding"), ("unk", "unknown"))
        if (number := said.get(f"tokenizer.ggml.{long}_token_id")) is not None
    }
    return ModelFiles(FileTokenizer(backend, tokens), said.get("tokenizer.chat_template"))


class _Fields(NamedTuple):
    path: Path
    fields: Mapping[str, Any]

    def get(self, name: str) -> Any:
        return self.fields[name].contents() if name in self.fields else None

    def need(self, name: str) -> Any:
        if name not in self.fields:
            raise UsageError(f"{str(self.path)!r} has no {name}; take the model's tokenizer.json")
        return self.get(name)


def _byte_pairs(said: _Fields, texts: Sequence[str]) -> Tokenizer:
    """Return the byte-pair tokenizer that a GGUF file describes."""
    kind, rule = said.need("tokenizer.ggml.model"), said.get("tokenizer.ggml.pre") or "default"
    if kind != "gpt2" or rule not in _SPLITTERS:
        raise UsageError(
            f"{str(said.path)!r}: tokenizer {kind!r} with the splitting rule {rule!r} cannot be "
            f"rebuilt faithfully (known: gpt2 with {', '.join(_SPLITTERS)}); take the model's "
            "tokenizer.json"
        )
    merges = [tuple(merge.split(" ")) for merge in said.need("tokenizer.ggml.merges")]
    vocabulary = {text: number for number, text in enumerate(texts)}
    backend = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    backend.pre_tokenizer = pre_tokenizers.Sequence(_SPLITTERS[rule]())
    backend.decoder = decoders.ByteLevel()
    return backend


def _plain() -> list[Any]:
    return [pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)]


def _digits() -> list[Any]:
    return [pre_tokenizers.Digits(individual_digits=True), *_plain()]


def _pattern(pattern: str) -> Callable[[], list[Any]]:
    return lambda: [
        pre_tokenizers.Split(Regex(pattern), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ]


_SPLITTERS: Final[Mapping[str, Callable[[], list[Any]]]] = {
    "gpt-2": _plain,
    "smollm": _digits,
    "qwen2": _pattern(_QWEN),
    "llama-bpe": _pattern(_LLAMA),
}
"""How text is split before it is encoded, by the names that GGUF files use."""
