"""`tracemill privacy scan`, `rescan`, `preview` and `rules`: what is found, and what finds it."""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain

from tracemill.base.errors import PolicyError, UsageError
from tracemill.base.named_files import expanded
from tracemill.base.text import counted
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NO, EXIT_PARTLY
from tracemill.cli.shared.options import Common, Listing, PathOrName
from tracemill.cli.shared.output import answer, counts, hint, write, write_lines
from tracemill.cli.shared.tables import no_room, print_table
from tracemill.flows.ingest.redactors import own_redactor
from tracemill.flows.privacy.preview import PreviewResult, Shown, preview, preview_original
from tracemill.flows.privacy.rescan import RescanPlace, RescanResult, rescan
from tracemill.flows.privacy.rules import RuleRow, list_rules
from tracemill.flows.privacy.scan import Kind, Scan, ScanPlace, ScanResult, files_of
from tracemill.flows.results import Failure
from tracemill.flows.scan_targets import find_targets
from tracemill.redact import Redactor
from tracemill.store.workspace import Workspace

_SHOWN_FAILURES = 20
_ARCHIVED = ("traj_", "input_")
"""How the names of what was read begin."""


def scan_privacy(
    *targets: PathOrName,
    kind: Kind | None = None,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show what redaction finds, by kind, rule and place, but never the text itself.

    Exits with 1 where something is found. What was redacted with the rules in use holds nothing
    that they find; in a workspace or an export, anything found is new to them or was put in since.

    Parameters
    ----------
    targets
        Files, folders, datasets or their versions; `workspace`, the default, is all that is kept
        outside the vault.
    kind
        Look for one kind only: secret or pii.
    """
    workspace = common.open()
    with_rules = own_redactor(workspace)
    scan = Scan(with_rules.redactor, kind)
    for target in find_targets(workspace, targets):
        scan.look(files_of(target))
    result = scan.result()
    if listing.jsonl:
        write_lines(result.places)
    elif not answer("scan", result, common):
        _show_scan(result, listing, common)
    _say_unknown(result.failures, common)
    return EXIT_NO if result.places else EXIT_PARTLY if result.failures else EXIT_DONE


def _say_unknown(failures: Sequence[Failure], common: Common) -> None:
    """Name what could not be looked at: nothing is known of it."""
    for failure in failures[:_SHOWN_FAILURES]:
        hint(f"not looked at: {failure.uri}: {failure.detail}", common)
    if len(failures) > _SHOWN_FAILURES:
        hint(f"not looked at: {len(failures) - _SHOWN_FAILURES:,} more (--json names all)", common)


def _show_scan(result: ScanResult, listing: Listing, common: Common) -> None:
    size = f"{counted(result.n_files, 'file')}, {result.n_bytes:,} bytes"
    write(f"Looked at    {size}, rules {result.rules_version}")
    counts("Found", result.kinds)
    counts("Rules", result.rules)
    if not result.places:
        write("Found        nothing")
        return
    rows = _grouped(result.places)
    shown = rows[: listing.limit or None]
    columns = ("FILE", "KIND", "RULE", "PLACES", "FIRST", "FIELD")
    left_out = print_table(columns, shown, ("KIND", "FIELD"))
    n_places = counted(sum(place.n for place in result.places), "place")
    narrow = no_room(left_out)
    hint(f"{len(shown)} of {len(rows)} rows, of {n_places}{narrow}; --jsonl names each", common)


def _grouped(places: Sequence[ScanPlace]) -> list[tuple[str, ...]]:
    """Return a row for what one rule finds in one file, with the first place."""
    groups: defaultdict[tuple[str, str, str], list[ScanPlace]] = defaultdict(list)
    for place in places:
        groups[place.path, place.kind, place.rule].append(place)
    return [
        (*name, f"{sum(place.n for place in found):,}", found[0].place, found[0].where)
        for name, found in groups.items()
    ]


def rescan_privacy(
    *,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Check what the current rules would hide in what is kept; exits with 1 if there is anything.

    Facts are named by session, step and field. The next run redacts them again.
    """
    result = rescan(common.open())
    if listing.jsonl:
        write_lines(result.facts)
    elif not answer("rescan", result, common, next_steps=["tracemill run"]):
        _show_rescan(result, listing, common)
    _say_unknown(result.failures, common)
    if result.facts or result.datasets:
        return EXIT_NO
    return EXIT_PARTLY if result.failures else EXIT_DONE


def _show_rescan(result: RescanResult, listing: Listing, common: Common) -> None:
    write(f"Looked at    {counted(result.n_records, 'fact')}, rules {result.rules_version}")
    others = [version for version in result.read_with if version != result.rules_version]
    if others or result.new_rules:
        new = f"; new since: {', '.join(result.new_rules)}" if result.new_rules else ""
        write(f"Read with    {', '.join(result.read_with) or 'unknown rules'}{new}")
    counts("Would hide", result.rules)
    files = Counter(place.path for place in result.datasets)
    for path, n_places in files.items():
        write(f"In a dataset {path}, {counted(n_places, 'place')}")
    if not (result.facts or result.datasets):
        write("Would hide   nothing more")
        return
    shown = result.facts[: listing.limit or None]
    columns = ("TABLE", "ID", "STEP", "RULE", "N", "FIELD")
    print_table(columns, map(_cells_of_place, shown), ("TABLE",))
    hint(f"{len(shown)} of {len(result.facts)} places; next: tracemill run", common)


def _cells_of_place(one: RescanPlace) -> tuple[str, ...]:
    step = "" if one.step is None else str(one.step)
    return (one.table, one.id, step, one.rule, f"{one.n:,}", one.where)


def preview_privacy(
    *files: PathOrName,
    rule: str | None = None,
    unredacted: bool = False,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show what redaction would change, finding by finding: what begins how, and what replaces it.

    Parameters
    ----------
    files
        Files, or folders that hold them; sessions and inputs are looked at as they were read.
    rule
        Show what this rule finds, and no other.
    unredacted
        Show what stands there now, in full. On a terminal only, and never kept.
    """
    if not files:
        raise UsageError("expected files to look at, found none")
    if unredacted and (common.json or listing.jsonl or not sys.stdout.isatty()):
        raise PolicyError(
            "what stands there now is shown on a terminal only; leave out --unredacted"
        )
    workspace = common.open()
    redactor = own_redactor(workspace).redactor
    every = chain.from_iterable(_previewed(workspace, name, redactor) for name in files)
    shown = (one for one in every if isinstance(one, Failure) or rule in (None, one.finding.rule))
    if listing.jsonl or common.json:
        return _answer_preview(shown, listing, common)
    return _show_preview(shown, unredacted=unredacted, limit=listing.limit, common=common)


def _previewed(workspace: Workspace, name: str, redactor: Redactor) -> Iterator[Shown | Failure]:
    if not expanded(name).exists() and name.startswith(_ARCHIVED):
        return preview_original(workspace, name, redactor)
    (target,) = find_targets(workspace, [name])
    return preview(files_of(target), redactor)


def _answer_preview(previewed: Iterator[Shown | Failure], listing: Listing, common: Common) -> int:
    every = list(previewed)
    result = PreviewResult(
        findings=tuple(one.finding for one in every if isinstance(one, Shown)),
        failures=tuple(one for one in every if isinstance(one, Failure)),
    )
    if listing.jsonl:
        write_lines(result.findings)
    else:
        answer("preview", result, common)
    return EXIT_PARTLY if result.failures else EXIT_DONE


def _show_preview(
    previewed: Iterator[Shown | Failure], *, unredacted: bool, limit: int, common: Common
) -> int:
    n_shown = n_more = n_failed = 0
    for one in previewed:
        if isinstance(one, Failure):
            n_failed += 1
            hint(f"not looked at: {one.uri}: {one.detail}", common)
        elif limit and n_shown == limit:
            n_more += 1
        else:
            n_shown += 1
            _show_change(one, unredacted=unredacted)
    more = f", {n_more:,} more (--limit)" if n_more else ""
    hint(f"{counted(n_shown, 'finding')} shown{more}", common)
    return EXIT_PARTLY if n_failed else EXIT_DONE


def _show_change(shown: Shown, *, unredacted: bool) -> None:
    found = shown.finding
    before = shown.before if unredacted else found.masked
    place = " ".join(part for part in (found.place, found.where) if part)
    write(f"{found.path}, {place}: {found.rule} ({found.kind}, {found.n_characters} characters)")
    write(f"- {shown.left}{before}{shown.right}")
    write(f"+ {shown.left}{found.after}{shown.right}")


def rules_privacy(
    *,
    listing: Listing = Listing(limit=0),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List the rules, each tried on the texts that it came with; exits with 1 where one fails."""
    result = list_rules(own_redactor(common.open()).redactor)
    failed = [rule for rule in result.rules if rule.n_wrong]
    if listing.jsonl:
        write_lines(result.rules)
    elif not answer("rules", result, common):
        columns = ("RULE", "KIND", "PASSED", "SOURCE", "FINDS")
        shown = result.rules[: listing.limit or None]
        print_table(columns, map(_cells_of_rule, shown), ("SOURCE", "KIND"))
        hint(f"{counted(len(result.rules), 'rule')}, version {result.version}", common)
    for rule in failed:
        hint(f"failed: {rule.id} is wrong about {counted(rule.n_wrong, 'text')}", common)
    return EXIT_NO if failed else EXIT_DONE


def _cells_of_rule(rule: RuleRow) -> tuple[str, ...]:
    passed = f"{rule.n_texts - rule.n_wrong} of {rule.n_texts}"
    return (rule.id, rule.kind, passed, rule.source or "", rule.title)
