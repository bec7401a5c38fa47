"""The card of a dataset version: what is in it, what was left out, and what nobody checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tracemill.records.datasets.versions import DatasetVersion

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_HUGE = "1M<n<10M"
_ABOUT = """\
Examples from real coding-agent sessions, made by Tracemill. A chat example is a window of whole
turns out of work that the record proves to have been achieved. A recovery is a chat example too:
something failed, and what is imitated is the way from there to what worked, whatever became of the
rest. A preference pair holds two ways to go on from one place, and evidence says which is better:
a call that failed and the same with other arguments that worked, or what a person refused or called
wrong and what came after that. Secrets were replaced by tokens, and names in addresses and home
folders by pseudonyms, before anything was stored."""
_ABOUT_DROPS = """\
A `…_turn` reason leaves a turn in its window, since the model saw it, without loss on it; every
other reason leaves a window or a whole session out."""
_ABOUT_FILES = """\
`messages` and `tools` are TRL's conversational columns; `trained` says for each message whether
it is to be imitated. `prompt`, `chosen` and `rejected` are TRL's columns of preferences; `margin`
says how sure the evidence is. In the Parquet files what nests are columns of Arrow's JSON type,
which `datasets` 4.7 and later reads as objects, just as it reads the JSON Lines.
Each kind has files of its own: a recovery out of achieved work is in a chat example as well.
`lineage.jsonl` names for every example the episode, the steps, the file, its SHA-256 and the bytes
that it was made from; `tracemill explain ID` shows the same."""
_LIMITS = """\
## What was not checked

- Licences: sessions may quote code of any licence. Nothing here grants rights to it.
- Redaction knows formats, not meanings: a secret in plain prose, or a person's name outside
  addresses and home folders, can still be there. Read before you share.
- Tool schemas are inferred from the calls that were made (`tools:inferred`): a tool that nobody
  called is not among them. What tools of known agents do is told in words of Tracemill's.
- Outcomes are judged by rules from what the sessions and commits say, and by people where somebody
  reviewed the work.
"""


class CardFacts(NamedTuple):
    """What is known about the work behind a version, beyond what the version itself says."""

    outcomes: Mapping[str, int]
    """Episodes by outcome, those that gave no example included."""
    redactions: Mapping[str, int]
    """What was replaced before anything was stored, by rule."""


def dataset_card(version: DatasetVersion, facts: CardFacts | None = None) -> str:
    """Return the card in Markdown, with the header that dataset hubs read."""
    parts = [*_header(version), *_contents(version)]
    if facts is not None:
        parts += _table("Outcomes of all episodes", "outcome", facts.outcomes)
        parts += _table("Redacted before storage", "rule", facts.redactions)
    return "\n".join([*parts, *_files(version), *_loading(version), _LIMITS])


def _header(version: DatasetVersion) -> Iterator[str]:
    total = sum(version.n_examples.values())
    size = next((name for limit, name in _SIZES if total < limit), _HUGE)
    yield from ("---", "license: other", "license_name: unknown", "task_categories:")
    yield from ("- text-generation", "tags:", "- sft", "- agents", "- tool-calling", "- tracemill")
    yield from ("size_categories:", f"- {size}", "configs:")
    for kind, splits in _kinds(version).items():
        yield from (f"- config_name: {'default' if kind == 'chat' else kind}", "  data_files:")
        for split, stem in splits.items():
            yield from (f"  - split: {split}", f"    path: {stem}.parquet")
    yield from ("---", "")


def _contents(version: DatasetVersion) -> Iterator[str]:
    yield from (f"# {version.name}", "")
    yield from (f"Version `{version.id}`" + _after(version.parent), "", _ABOUT, "")
    yield from _table("Examples", "kind and split", version.n_examples)
    yield from _funnel(version)
    yield from _table("Left out or not imitated", "reason", version.drops)
    yield from (_ABOUT_DROPS, "")
    yield from _wanted(version)
    yield from _checks(version)
    yield from _table("Settings", "name", version.config)
    yield from _table("Versions of the rules", "rule", version.code_versions)


def _funnel(version: DatasetVersion) -> Iterator[str]:
    """Yield what became of everything, and what was left to train on was made up of."""
    if not version.funnel:
        return
    yield from ("## Funnel", "", "| stage | in | out | shares of classes |", "|---|---|---|---|")
    for stage in version.funnel:
        shares = ", ".join(f"{name} {share:.1%}" for name, share in stage.shares.items())
        yield f"| {_escaped(stage.name)} | {stage.n_in:,} | {stage.n_out:,} | {_escaped(shares)} |"
    yield ""


def _wanted(version: DatasetVersion) -> Iterator[str]:
    if not version.wanted:
        return
    yield from ("## Wanted", "", "| tag | wanted | there are | missing |", "|---|---|---|---|")
    for each in version.wanted:
        missing = max(0, each.wanted - each.n_examples)
        yield f"| {_escaped(each.tag)} | {each.wanted:,} | {each.n_examples:,} | {missing:,} |"
    yield ""


def _checks(version: DatasetVersion) -> Iterator[str]:
    """Yield what every check found; the unknown ones are what nobody checked."""
    if not version.checks:
        return
    yield from ("## Checks", "", "| check | verdict | measured | asked for | says |")
    yield "|---|---|---|---|---|"
    for check in version.checks:
        numbers = f"{_number(check.measured)} | {_number(check.threshold)}"
        told = f"{numbers} | {_escaped(check.says)}"
        yield f"| {_escaped(check.name)} | {check.verdict} | {told} |"
    yield from (
        "",
        "What is `unknown` could not be checked on this data, or nothing was named.",
        "",
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _files(version: DatasetVersion) -> Iterator[str]:
    yield from ("## Files", "", "| file | rows | bytes | SHA-256 |", "|---|---|---|---|")
    for file in version.files:
        yield f"| `{file.path}` | {file.rows:,} | {file.n_bytes:,} | `{file.sha256}` |"
    yield ""


def _after(parent: str | None) -> str:
    return f", after `{parent}`." if parent else "."


def _table(title: str, head: str, values: Mapping[str, object]) -> Iterator[str]:
    yield from (f"## {title}", "", f"| {head} | value |", "|---|---|")
    for name, value in values.items():
        shown = f"{value:,}" if isinstance(value, int) else str(value)
        yield f"| {_escaped(name)} | {_escaped(shown)} |"
    yield ""


def _escaped(text: str) -> str:
    for letter in "\\`*_|<>[]":
        text = text.replace(letter, f"\\{letter}")
    return text


def _loading(version: DatasetVersion) -> Iterator[str]:
    yield from ("## Loading", "", "```python", "from datasets import load_dataset", "")
    for kind, splits in _kinds(version).items():
        files = ", ".join(f'"{split}": "{stem}.jsonl"' for split, stem in splits.items())
        yield f'{kind} = load_dataset("json", data_files={{{files}}})'
    yield from ("```", "", _ABOUT_FILES, "")


def _kinds(version: DatasetVersion) -> dict[str, dict[str, str]]:
    """Return for each kind of example its splits, and how the files of each begin."""
    kinds: dict[str, dict[str, str]] = {}
    for key in sorted(version.n_examples):
        kind, _, split = key.partition("/")
        kinds.setdefault(kind, {})[split] = split if kind == "chat" else f"{kind}-{split}"
    return kinds
