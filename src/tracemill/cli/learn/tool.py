"""`tracemill tool`: how tools fare, what follows what, and who asks for what."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from tracemill.base.errors import NotFoundError
from tracemill.base.text import counted, one_line
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, hint, write, write_lines
from tracemill.cli.shared.tables import no_room, print_table
from tracemill.flows.analysis.turns import tool_use
from tracemill.records.process.tool_use import (
    AccessUse,
    FieldUse,
    ToolConfusion,
    ToolKind,
    ToolPhrase,
    ToolRow,
    ToolSequence,
    ToolUse,
)

_MOST_SHOWN = 20
_SURE = 0.05


def list_tool(
    *,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List what was called: how often it failed, and how people took the turns."""
    found = tool_use(common.open())
    said = f"{counted(found.n_calls, 'call')} in {counted(found.n_sessions, 'session')}"
    levels = f"by what they call: {_counts(found.levels.items()) or 'unknown'}"
    return _show(found, "tools", listing, common, f"{said}; {levels}")


def show_tool(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show one tool: how it fares, words that lead to it, what follows it, and its fields.

    Parameters
    ----------
    name
        A tool, or a command of the shell such as `git status`, as `tool list` has it.
    """
    found = _only(tool_use(common.open()), name)
    if answer("tool", found, common, next_steps=["tracemill turn list --called NAME"]):
        return EXIT_DONE
    for kind, title in _TITLES.items():
        rows: Sequence[Any] = getattr(found, kind)
        if rows:
            if title:
                write()
                write(title)
            table = _TABLES[kind]
            print_table(table.columns, map(table.cells, rows[:_MOST_SHOWN]))
        if kind == "tools" and rows:
            _say_kinds(rows[0])
    return EXIT_DONE


def _say_kinds(row: ToolRow) -> None:
    """Say what of a tool was called: at which level, and in which versions."""
    versions = ", ".join(f"{version} {n:,}" for version, n in row.versions.items())
    write()
    write(f"Level    {_counts(row.levels.items()) or 'unknown'}")
    write(f"Version  {versions or 'unknown'}")


def sequences_tool(
    *,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List what is called one after another, those that stand in most sessions first.

    SUPPORT is the share of the sessions that call several tools in one turn, PEOPLE the share of
    the people whose sessions do, CONFIDENCE how often the last one came next, and USUAL how often
    it does whatever was before.
    """
    said = "a sequence stands in two sessions or more"
    return _show(tool_use(common.open()), "sequences", listing, common, said)


def phrases_tool(
    *,
    all: bool = False,  # noqa: A002 - the option's name
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List words of requests and what they lead to first, those that are more than chance.

    Parameters
    ----------
    all
        List also what chance alone could have done.
    """
    found = tool_use(common.open())
    shown = tuple(each for each in found.phrases if all or each.q_value <= _SURE)
    n_chance = sum(each.q_value > _SURE for each in found.phrases)
    told = msgspec.structs.replace(found, phrases=shown)
    return _show(told, "phrases", listing, common, f"perhaps by chance (--all): {n_chance:,}")


def confusions_tool(
    *,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List what was called wrongly, by what came in its place when a person had corrected it."""
    said = "from turns with a single tool: with several, nobody knows which one was meant"
    return _show(tool_use(common.open()), "confusions", listing, common, said)


def fields_tool(
    *,
    patterns: bool = False,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List fields of results: how much code reads them, and how often they are empty.

    Parameters
    ----------
    patterns
        List instead what code does with results: whether it tests a count before it loops, checks
        for success before it reads, and which elements its loops take.
    """
    found = tool_use(common.open())
    if patterns:
        return _show(found, "accesses", listing, common, "of code that calls run")
    said = "fields are seen where a result is a JSON object"
    return _show(found, "fields", listing, common, said)


class _Table(NamedTuple):
    """How one kind of rows looks."""

    columns: Sequence[str]
    cells: Callable[[Any], Sequence[str]]
    absent: str
    """What to say where there are none."""
    spare: Sequence[str] = ()
    """Columns that a narrow terminal does without."""


def _show(found: ToolUse, kind: ToolKind, listing: Listing, common: Common, remark: str) -> int:
    """Print one kind of rows in the form that was asked for."""
    rows: Sequence[Any] = getattr(found, kind)
    others: dict[str, Any] = {each: () for each in _TABLES if each != kind}
    alone = msgspec.structs.replace(found, **others)
    if listing.jsonl:
        write_lines(rows)
    elif not answer("tools", alone, common, next_steps=["tracemill tool show NAME"]):
        shown = rows[: listing.limit or None]
        table = _TABLES[kind]
        if shown:
            left_out = print_table(table.columns, map(table.cells, shown), table.spare)
            of = f"{len(shown):,} of {len(rows):,}{no_room(left_out)}"
            hint(f"{of}; {remark}; next: tracemill tool show NAME", common)
        else:
            hint(f"{table.absent}; {remark}", common)
    return EXIT_DONE if rows else EXIT_NOTHING


def _only(found: ToolUse, name: str) -> ToolUse:
    """Return what was found of one tool alone."""
    tools = tuple(each for each in found.tools if each.action == name)
    accesses = tuple(each for each in found.accesses if each.tool == name)
    if not tools and not accesses:
        raise NotFoundError(
            f"nothing called {name!r} was called; list what was: tracemill tool list"
        )
    return msgspec.structs.replace(
        found,
        tools=tools,
        accesses=accesses,
        sequences=tuple(each for each in found.sequences if name in each.actions),
        phrases=tuple(each for each in found.phrases if each.action == name),
        confusions=tuple(each for each in found.confusions if name in (each.action, each.instead)),
        fields=tuple(each for each in found.fields if each.tool == name),
    )


def _tool_cells(row: ToolRow) -> tuple[str, ...]:
    failed = between = "unknown"
    if row.low is not None and row.high is not None:
        failed = f"{row.n_failed / row.n_known:.0%} of {row.n_known:,}"
        between = f"{row.low:.0%} to {row.high:.0%}"
    return (
        row.action, f"{row.n_calls:,}", f"{row.n_sessions:,}", failed, between,
        f"{row.n_in_favour:,} of {row.n_turns:,}", f"{row.n_against:,} of {row.n_turns:,}",
    )  # fmt: skip


def _sequence_cells(row: ToolSequence) -> tuple[str, ...]:
    return (
        f"{row.n_sessions:,}", f"{row.n_turns:,}", f"{row.support:.0%} of {row.n_asked:,}",
        "unknown" if row.people is None else f"{row.people:.0%} of {row.n_everybody:,}",
        f"{row.confidence:.0%}",
        f"{row.usual:.0%}", " → ".join(row.actions),
    )  # fmt: skip


def _phrase_cells(row: ToolPhrase) -> tuple[str, ...]:
    return (
        row.words, row.action, f"{row.n:,} of {row.n_words:,}", f"{row.usual:.0%}",
        f"{row.q_value:.2g}", _counts(row.others.items()),
    )  # fmt: skip


def _confusion_cells(row: ToolConfusion) -> tuple[str, ...]:
    asked = "; ".join(one_line(request, 60) for request in row.requests)
    return row.action, row.instead, f"{row.n:,}", asked


def _field_cells(row: FieldUse) -> tuple[str, ...]:
    empty = f"{row.n_empty / row.n_seen:.0%}" if row.n_seen else "unknown"
    share = "unknown" if row.share is None else f"{row.share:.0%}"
    return (
        row.tool, one_line(row.field, 50), f"{row.n_codes:,}", share,
        f"{row.n_seen:,}", empty, _counts(row.kinds.items()),
    )  # fmt: skip


def _access_cells(row: AccessUse) -> tuple[str, ...]:
    return (
        row.tool, f"{row.n_codes:,}", ", ".join(map(str, row.limits)),
        _counts(row.iterations.items()), _counts(row.patterns.items()),
    )  # fmt: skip


def _counts(values: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {n:,}" for name, n in values)


_TABLES: Mapping[ToolKind, _Table] = {
    "tools": _Table(
        ("ACTION", "CALLS", "SESSIONS", "FAILED", "95 %", "TAKEN WELL", "TAKEN BADLY"),
        _tool_cells,
        "no tool was called in what is held",
        ("95 %", "SESSIONS"),
    ),
    "phrases": _Table(
        ("WORDS", "LEAD TO", "TIMES", "USUAL", "Q", "ELSE TO"),
        _phrase_cells,
        "no words lead to a tool by more than chance",
        ("ELSE TO", "Q"),
    ),
    "sequences": _Table(
        ("SESSIONS", "TURNS", "SUPPORT", "PEOPLE", "CONFIDENCE", "USUAL", "SEQUENCE"),
        _sequence_cells,
        "nothing is called one after another in several sessions",
        ("TURNS", "PEOPLE", "USUAL", "SUPPORT"),
    ),
    "confusions": _Table(
        ("CALLED", "INSTEAD", "TIMES", "ASKED FOR BY"),
        _confusion_cells,
        "nobody corrected one tool to another",
    ),
    "accesses": _Table(
        ("TOOL", "PIECES OF CODE", "LIMITS", "LOOPS", "WHAT THEY DO"),
        _access_cells,
        "no code works with a result",
        ("LIMITS", "LOOPS"),
    ),
    "fields": _Table(
        ("TOOL", "FIELD", "READ BY", "SHARE", "SEEN", "EMPTY", "HOLDS"),
        _field_cells,
        "no field of a result is seen or read",
        ("SHARE", "EMPTY", "HOLDS"),
    ),
}
_TITLES: Mapping[ToolKind, str] = {
    "tools": "",
    "phrases": "Words that lead to it",
    "sequences": "Sequences",
    "confusions": "Corrected to another, or called in its place",
    "accesses": "What code does with its results",
    "fields": "Fields of its results",
}
