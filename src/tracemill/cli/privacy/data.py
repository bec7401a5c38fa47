"""`tracemill data`: what is kept of a person, how to get it back, and how to be rid of it."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from tracemill.base.clock import now
from tracemill.base.named_files import expanded
from tracemill.base.text import counted, sized
from tracemill.cli.shared.confirming import require_yes
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING, EXIT_PARTLY
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import ProgressLine, answer, counts, hint, write
from tracemill.flows.analysis.team_views import write_team_files
from tracemill.flows.erasing.consent import read_consent
from tracemill.flows.erasing.erasure import (
    ErasedSubject,
    FoundSubject,
    read_subject,
)
from tracemill.flows.erasing.erasure import (
    erase_data as erase,
)
from tracemill.flows.erasing.erasure import (
    find_data as find,
)
from tracemill.flows.erasing.expiry import Expiring, RetentionResult, expire, read_retention
from tracemill.flows.ingest.restore import restore_originals
from tracemill.flows.wheel.turn import Options
from tracemill.records.privacy.erasures import ErasureReceipt

_FOR_GOOD = "This goes for good."
_ALSO_GONE = {
    "dataset_versions": "dataset version",
    "training_files": "training file",
    "report_files": "report file",
    "made_up_rows": "made-up row",
    "turn_answers": "kept answer",
    "captured_files": "masked file of captured events",
    "other_files": "other masked file",
}
_NOUNS = {"file": "file", "folder": "folder", "stream": "repository stream"}


def restore_data(
    *ids: str,
    to: Path,
    force: bool = False,
    dry_run: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write original bytes, as they were archived, to a folder of yours. They are unredacted.

    Parameters
    ----------
    ids
        Sessions, inputs, or paths where files stood; by default everything.
    to
        The folder; files come below it, each under the path where it stood.
    force
        Write into a folder that holds something already.
    dry_run
        Only say what would be written.
    """
    with ProgressLine(common) as report:
        result = restore_originals(
            common.open(), ids, expanded(to).absolute(), report,
            is_forced=force, dry_run=dry_run,
        )  # fmt: skip
    if not answer("restore", result, common):
        kinds = Counter(restored.kind for restored in result.inputs)
        said = ", ".join(counted(n, _NOUNS[kind]) for kind, n in sorted(kinds.items()))
        verb = "Would write" if dry_run else "Written"
        write(f"{verb}      {said or 'nothing'}, {sized(result.n_bytes)}, unredacted")
        write(f"Folder       {result.folder}")
    for failure in result.failures:
        hint(f"not restored: {failure.uri}: {failure.reason}: {failure.detail}", common)
    return EXIT_PARTLY if result.failures else EXIT_DONE


def reports_data(
    *,
    to: Path,
    told: bool = False,
    force: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write the files that teams keep of their own process, by feature and by project.

    What a team wrote down itself comes back as it was; of every piece of work the sessions have a
    line for each failure, for its success, for how it went, and for how full the context was.
    Gates, decisions and projects stand there again with how good they are.

    Parameters
    ----------
    to
        The folder; `training_data`, `raw` and `labeled` come below it.
    told
        Only what the team's own process told, and nothing that sessions show.
    force
        Write into a folder that holds something already.
    """
    result = write_team_files(
        common.open(), expanded(to).absolute(), is_forced=force, is_told_only=told
    )
    if not answer("reports", result, common):
        n_reports = sum(file.n_reports for file in result.files) - result.n_labeled
        said = f"{counted(n_reports, 'report')} in {counted(len(result.files), 'file')}"
        write(f"Written      {said}, {result.n_told} told by the team itself")
        if result.n_labeled:
            write(f"Labelled     {counted(result.n_labeled, 'report')}")
        write(f"Folder       {result.folder}")
    for kind, n_events in result.left_out.items():
        hint(
            f"not written: {counted(n_events, f'{kind} event')}, which no file has a line for",
            common,
        )
    return EXIT_DONE


def consent_data(*, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show how much may be kept of which source, and how much is kept. Read-only."""
    result = read_consent(common.open())
    if answer("consent", result, common, next_steps=["tracemill sync"]):
        return EXIT_DONE
    rules = result.consent.rules
    for rule in rules:
        about = [rule.place] if rule.source is None else [f"source {rule.source}", rule.place]
        write(f"{rule.level:<12} {', '.join(filter(None, about)) or 'everything'}")
    write(f"{result.consent.default:<12} {'everything else' if rules else 'everything'}")
    counts("Inputs", result.inputs)
    write(f"Settings     {result.settings}")
    if result.is_pending:
        hint("the settings have changed; next: tracemill sync", common)
    return EXIT_DONE


def retention_data(
    *,
    apply: bool = False,
    yes: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show how long things are kept, and what has expired; the next sync deletes that.

    Parameters
    ----------
    apply
        Delete now what has expired.
    yes
        Do not ask.
    """
    workspace = common.open()
    result = read_retention(workspace, now())
    n_over = result.originals.expired + result.facts.expired + result.datasets.expired
    if apply and n_over:
        if not yes:
            require_yes(
                lambda: _show_retention(result), _FOR_GOOD, "nothing was taken away", common
            )
        with ProgressLine(common) as report:
            result = expire(
                workspace, now(), lambda n_bytes: Options().make(workspace, n_bytes), report
            )
    if not answer("retention", result, common):
        _show_retention(result)
    return EXIT_DONE


def _show_retention(result: RetentionResult) -> None:
    for name in ("originals", "facts", "datasets"):
        one: Expiring = getattr(result, name)
        kept = f"kept for {one.period}" if one.period else "kept for good"
        oldest = f", the oldest of {one.oldest:%Y-%m-%d}" if one.oldest else ""
        write(f"{name.title():<12} {kept}: {one.expired} over, {one.kept} not{oldest}")
    if result.receipt is not None:
        write(f"Gone         {result.receipt.id}")
    write(f"Settings     {result.settings}")


Kind = Annotated[Literal["person", "session", "path"] | None, Parameter(name="--as")]
"""What the subject is; by default a known session, else a path where it looks so, else a person."""


def find_data(
    subject: str,
    *,
    kind: Kind = None,
    also: tuple[str, ...] = (),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Find where a person, a session or a place occurs in what is kept. Read-only.

    Names and paths are the real ones, so that what is out of reach can be deleted: not for sharing.

    Parameters
    ----------
    subject
        A name, an e-mail address, a user name; the id of a session; a path, or a project's name.
    kind
        What the subject is; by default a known session, else a path, else a person.
    also
        More names of a person. Addresses and names that git histories tell are known already.
    """
    workspace = common.open()
    with ProgressLine(common) as report:
        found = find(workspace, read_subject(workspace, subject, kind, also), report)
    if not answer("found", found, common, next_steps=[f"tracemill data erase {subject!r}"]):
        _show_found(found, common)
    return EXIT_DONE if found.whole_inputs or found.masked_inputs else EXIT_NOTHING


def erase_data(
    subject: str,
    *,
    kind: Kind = None,
    also: tuple[str, ...] = (),
    dry_run: bool = False,
    yes: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Take a person, a session or a place out of everything that is kept, for good.

    Inputs that are the subject's own go as a whole; in others its names are masked. What went is
    refused when it is read again. The originals outside the workspace are named, never touched.

    Parameters
    ----------
    subject
        A name, an e-mail address, a user name; the id of a session; a path, or a project's name.
    kind
        What the subject is; by default a known session, else a path, else a person.
    also
        More names of a person. Addresses and names that git histories tell are known already.
    dry_run
        Only say what would go.
    yes
        Do not ask.
    """
    workspace = common.open()
    meant = read_subject(workspace, subject, kind, also)
    with ProgressLine(common) as report:
        found = find(workspace, meant, report)
    if not (dry_run or yes):
        require_yes(
            lambda: _show_found(found, common),
            _FOR_GOOD,
            "nothing was erased; --dry-run says what would be",
            common,
        )
    result = ErasedSubject(found=found, receipt=None)
    if not dry_run:
        with ProgressLine(common) as report:
            result = erase(
                workspace, meant, lambda n_bytes: Options().make(workspace, n_bytes), report
            )
    if not answer("erased", result, common):
        _show_erased(result, common)
    return EXIT_DONE


def _show_erased(result: ErasedSubject, common: Common) -> None:
    if result.receipt is None:
        _show_found(result.found, common)
        hint("nothing was changed; without --dry-run all of this goes for good", common)
        return
    _show_receipt(result.receipt)
    _show_left(result.found, common)


def _show_receipt(receipt: ErasureReceipt) -> None:
    """Say what went; counts that are nothing are left out."""
    gone = Counter(receipt.counts)
    write(f"Erased       {receipt.id}, {receipt.asked:%Y-%m-%d %H:%M UTC}")
    inputs, sessions = counted(gone["inputs_whole"], "input"), counted(gone["sessions"], "session")
    write(f"Whole        {inputs} with {sessions}")
    if gone["inputs_masked"]:
        others = counted(gone["inputs_masked"], "other input")
        write(f"Masked       {counted(gone['places_masked'], 'place')} in {others}")
    rows = {n.removeprefix("rows_"): gone[n] for n in gone if n.startswith("rows_")}
    counts("Rows", rows)
    for name, noun in _ALSO_GONE.items():
        if gone[name]:
            write(f"Also         {counted(gone[name], noun)}")
    write(f"Freed        {sized(gone['archive_bytes'] + gone['lake_bytes'])}")


def _show_found(found: FoundSubject, common: Common) -> None:
    write(f"Subject      {found.subject}, a {found.kind}")
    if found.aliases:
        write(f"Known as     {', '.join(found.aliases)}")
    _show_own(found)
    if found.masked_inputs:
        places, others = counted(found.places, "place"), counted(found.masked_inputs, "other input")
        write(f"Named        {places} in {others}, which are masked")
    counts("Rows", found.rows)
    counts("In datasets", found.datasets)  # and among what they left out
    files = {"of rows trained on": found.training_files, "of reports": found.report_files}
    counts("Files", {name: n for name, n in files.items() if n})
    if found.made_up_rows:
        write(f"Made up      {counted(found.made_up_rows, 'row')} out of it, which go")
    if found.turn_answers:
        write(f"Judged       {counted(found.turn_answers, 'answer')} of models, which go")
    for receipt in found.erased:
        write(f"Erased       {receipt.asked:%Y-%m-%d %H:%M UTC}, {receipt.id}")
    _show_left(found, common)
    if found.possible_aliases:
        named = ", ".join(found.possible_aliases)
        hint(f"not looked for, since they may be plain words: {named}; add --also NAME", common)


def _show_own(found: FoundSubject) -> None:
    if found.whole_inputs:
        inputs = counted(found.whole_inputs, "input")
        write(
            f"Its own      {inputs} with {counted(len(found.sessions), 'session')}, which go whole"
        )
    elif not (found.masked_inputs or found.along):
        write("Kept         nothing of it")
    if found.passing:
        came = counted(len(found.passing), "session")
        write(f"Came by      {came} of them, which began elsewhere: {', '.join(found.passing)}")
    if found.along:
        others = counted(len(found.along), "other session")
        write(f"Shared       with {others}, which stay; the original of the input goes")


def _show_left(found: FoundSubject, common: Common) -> None:
    for original in found.originals:
        write(f"Out of reach {original}")
    for copy in found.copies:
        write(f"Out of reach {copy}")
    for model in found.models:
        write(f"Out of reach {model}, a model that learned from it")
    if found.datasets:
        write("Out of reach copies of dataset versions that were made by hand")
    if found.aliases or found.originals or found.copies:
        hint("names and paths here are the real ones, to be acted on: not for sharing", common)
