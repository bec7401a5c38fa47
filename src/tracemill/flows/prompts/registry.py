"""The registry of texts that agents are given: what is held of each, version by version.

It changes nothing: a version is what a commit made of a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import unified_diff
from pathlib import Path
from typing import Final

from tracemill.base.errors import NotFoundError
from tracemill.flows.analysis.process import read_work
from tracemill.flows.held.lookup import only_one
from tracemill.flows.written_reports import write_texts
from tracemill.prompts.changelog import changelog
from tracemill.prompts.history import KeptHistory
from tracemill.prompts.naming import plain
from tracemill.records.process.prompt_versions import PromptHistory, PromptVersion, TextKind
from tracemill.records.refs import Record
from tracemill.report.side_by_side import side_by_side
from tracemill.store.workspace import Workspace

_LEAST_HASH: Final = 7


class PromptList(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Texts that agents are given."""

    prompts: tuple[PromptHistory, ...]
    """Each with its versions, those that changed last first."""


class PromptDifference(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Two versions of a text beside one another."""

    prompt: PromptHistory
    """The text."""
    old: PromptVersion | None
    """The one version; None where the text begins with the other."""
    new: PromptVersion
    """The other."""
    old_text: str
    """What the one says; empty where there is none."""
    new_text: str
    """What the other says; empty where its file was deleted."""
    unified: str
    """What differs, as `diff -u` has it."""


def read_texts(workspace: Workspace) -> list[KeptHistory]:
    """Return all texts that agents are given, with what each version says."""
    return read_work(workspace).texts


def read_prompts(workspace: Workspace, kind: TextKind | None = None) -> PromptList:
    """Return the texts that agents are given; recipes only where they are asked for."""
    told = [each.told for each in read_texts(workspace)]
    wanted = [each for each in told if (each.kind == kind if kind else each.kind != "recipe")]
    wanted.sort(key=lambda each: (each.role, each.path))
    wanted.sort(key=lambda each: each.newest.since.isoformat() if each.newest.since else "")
    return PromptList(prompts=tuple(reversed(wanted)))


def find_prompt(texts: Iterable[KeptHistory], name: str) -> KeptHistory:
    """Return the one text that `name` means: its id or how it begins, its role, or its path.

    Raises:
        NotFoundError: none or several answer to it.
    """
    found = [each for each in texts if matching(each.told, name)]
    return only_one(
        found, name, "prompt", "prompt list", lambda each: f"{each.told.id} ({each.told.path})"
    )


def matching(told: PromptHistory, name: str) -> bool:
    """Tell whether a text answers to a name: its id or how it begins, its path, or its role."""
    return told.path == name or told.id.startswith(name) or told.role == plain(name)


def show_history(workspace: Workspace, name: str) -> PromptHistory:
    """Return a text with its versions."""
    return find_prompt(read_texts(workspace), name).told


def write_changelog(workspace: Workspace) -> str:
    """Return what was changed in all texts, as Markdown."""
    return changelog(read_prompts(workspace).prompts)


def diff_prompt(
    workspace: Workspace, name: str, old: str | None = None, new: str | None = None
) -> PromptDifference:
    """Return two versions of a text beside one another: the last two unless others are named.

    Raises:
        NotFoundError: nothing answers to a name.
    """
    kept = find_prompt(read_texts(workspace), name)
    last = _place(kept.told, new) if new else len(kept.told.versions) - 1
    first = _place(kept.told, old) if old else last - 1
    versions = kept.told.versions
    was = versions[first] if first >= 0 else None
    old_text = (kept.texts[first] or "") if was else ""
    new_text = kept.texts[last] or ""
    return PromptDifference(
        prompt=kept.told,
        old=was,
        new=versions[last],
        old_text=old_text,
        new_text=new_text,
        unified=_unified(old_text, new_text, was, versions[last]),
    )


def _place(told: PromptHistory, name: str) -> int:
    """Return which version is meant: by its name, its number, or how its commit's hash begins."""
    wanted = name.removeprefix(f"{told.role}.")
    found = [
        place
        for place, version in enumerate(told.versions)
        if version.name.removeprefix(f"{told.role}.") in {wanted, f"v{wanted}"}
        or (len(name) >= _LEAST_HASH and (version.commit or "").startswith(name))
    ]
    if not found:
        known = ", ".join(version.name for version in told.versions[-10:])
        raise NotFoundError(f"no version of {told.path!r} answers to {name!r}; known: {known}")
    return found[0]


def _unified(old: str, new: str, was: PromptVersion | None, now: PromptVersion) -> str:
    lines = unified_diff(
        old.splitlines(), new.splitlines(), was.name if was else "nothing", now.name, lineterm=""
    )
    return "\n".join(lines)


def write_difference(
    workspace: Workspace, found: PromptDifference, to: Path | None
) -> tuple[str, ...]:
    """Write two versions side by side as one page, and return where it is.

    Raises:
        PolicyError: the gate of exports refuses it; nothing is written.
    """
    was = found.old.name if found.old else "nothing"
    name = f"prompt_{was}_to_{found.new.name}"
    page = side_by_side(
        f"{found.prompt.path}: {was} to {found.new.name}",
        was, found.new.name, found.old_text, found.new_text,
    )  # fmt: skip
    return write_texts(workspace, name, {f"{name}.html": page}, to)
