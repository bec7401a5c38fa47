"""The gate that everything passes which goes out: tried, read again, and bound by a receipt.

Before anything is written, texts that must be found are drawn anew and redacted: where a rule finds
its own no more, or one is gone that the workspace was read with, nothing goes out. What was written
is then read again from its bytes. Where anything is found, or something could not be looked at, it
is refused and named by place, kind and rule. What passes gets a receipt that names every file with
its hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from secrets import token_hex
from typing import Final

import msgspec

from tracemill import __version__
from tracemill.base.clock import now
from tracemill.base.errors import PolicyError
from tracemill.base.file_hashes import hash_file
from tracemill.base.text import counted
from tracemill.flows.destinations import make_folder
from tracemill.flows.ingest.redactors import own_redactor
from tracemill.flows.ingest.rule_sets import fewer_rules, kept_rules
from tracemill.flows.ingest.seals import seal
from tracemill.flows.privacy.scan import Scan, ScanResult, Target, files_of
from tracemill.flows.results import Failure
from tracemill.records.privacy.receipts import ExportKind, ExportNote, Receipt, ReceiptFile
from tracemill.redact import REDACT_VERSION, Redactor, Rules
from tracemill.redact.canaries import canaries, dead_rules
from tracemill.store.allowances import read_allowances
from tracemill.store.exports import note_export
from tracemill.store.workspace import Workspace, write_whole

RECEIPT: Final = "receipt.json"
"""Name of the receipt in a folder; that of a lone file is its name with this behind it."""
NOT_CHECKED: Final = (
    "meanings: a secret without a known form, and names in prose, are not found",
    "licences: what sessions quote may be of any licence; `dataset audit` finds notices",
    "pictures: none is exported, and none was looked at",
    "people: style and topic can still tell who somebody is",
)
_NAMED: Final = 10


class Gate:
    """Lets through what is to go out of a workspace, or refuses it."""

    def __init__(self, workspace: Workspace, reviewer: str | None = None) -> None:
        """Try the rules in use.

        Raises:
            PolicyError: a rule is gone, or does not find what it says it finds.
        """
        self._workspace = workspace
        self._reviewer = reviewer
        self._redactor = own_redactor(workspace).redactor
        self._rules = Rules.shipped()
        refuse_fewer_rules(workspace)
        self._n_canaries = try_rules(self._redactor, self._rules)
        moment = now()
        decisions = read_allowances(workspace.vault)
        self._n_allowed = sum(one.is_active(moment) for one in decisions)

    def check_files(self, folder: Path) -> tuple[ReceiptFile, ...]:
        """Read every file in a folder again, as it was written.

        Raises:
            PolicyError: something is found, or could not be looked at.
        """
        paths = list(files_of(Target(folder)))
        scan = Scan(self._redactor)
        scan.look(paths)
        _refuse(scan.result(), folder)
        return tuple(_hashed(path, path.relative_to(folder)) for path in paths)

    def check_data(self, files: Iterable[tuple[str, bytes]]) -> tuple[ReceiptFile, ...]:
        """Look at what is to be written under some names.

        Raises:
            PolicyError: something is found, or could not be looked at.
        """
        scan, checked = Scan(self._redactor), []
        for name, data in files:
            scan.look_at_data(name, data)
            digest = hashlib.sha256(data).hexdigest()
            checked.append(ReceiptFile(path=name, n_bytes=len(data), sha256=digest))
        _refuse(scan.result(), Path())
        return tuple(checked)

    def receipt(
        self,
        kind: ExportKind,
        subject: str,
        files: Sequence[ReceiptFile],
        *,
        is_whole_folder: bool = False,
    ) -> Receipt:
        """Return the receipt of what was checked."""
        bare = Receipt(
            kind=kind,
            subject=subject,
            at=now(),
            reviewer=self._reviewer,
            tracemill=__version__,
            redact_version=REDACT_VERSION,
            rules_version=self._rules.version,
            rules=tuple(sorted(rule.id for rule in self._rules.lines)),
            n_canaries=self._n_canaries,
            n_allowed=self._n_allowed,
            n_scanned=len(files),
            is_whole_folder=is_whole_folder,
            files=tuple(files),
            not_checked=NOT_CHECKED,
        )
        return msgspec.structs.replace(bare, seal=seal(self._workspace, msgspec.json.encode(bare)))

    def write_out(
        self, kind: ExportKind, subject: str, folder: Path, files: Mapping[str, bytes]
    ) -> Receipt:
        """Write files into a folder, with the receipt of what they went through.

        Raises:
            PolicyError: something is found, or could not be looked at; nothing is written.
        """
        receipt = self.receipt(kind, subject, self.check_data(files.items()))
        make_folder(folder)
        self.note(receipt, folder)
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        write_receipt(folder / RECEIPT, receipt)
        return receipt

    def note(self, receipt: Receipt, to: Path, inputs: Iterable[str] = ()) -> None:
        """Keep where what was let through goes, before it is there: nothing leaves unnoted."""
        note_export(
            self._workspace.vault,
            ExportNote(
                at=receipt.at,
                kind=receipt.kind,
                subject=receipt.subject,
                to=str(to),
                inputs=tuple(sorted(inputs)),
                reviewer=receipt.reviewer,
            ),
        )


def write_receipt(path: Path, receipt: Receipt) -> None:
    """Put a receipt at `path`, whole or not at all."""
    write_whole(path, msgspec.json.format(msgspec.json.encode(receipt)) + b"\n")


def receipt_path(path: Path) -> Path:
    """Return where the receipt of an exported folder or file lies."""
    return path / RECEIPT if path.is_dir() else path.with_name(f"{path.name}.{RECEIPT}")


def refuse_fewer_rules(workspace: Workspace) -> None:
    """Compare the rules in use with all that the workspace was ever read with.

    Raises:
        PolicyError: one is gone, or the program is older.
    """
    for before in kept_rules(workspace):
        if (fewer := fewer_rules(before)) is not None:
            path = workspace.root / "rules" / f"{before.version}.json"
            raise PolicyError(f"nothing goes out: {fewer}; if that is meant, delete {str(path)!r}")


def try_rules(redactor: Redactor, rules: Rules) -> int:
    """Plant what the rules must find, drawn anew, and return how many texts that were.

    Raises:
        PolicyError: a rule does not find what it says it finds.
    """
    dead = dead_rules(redactor, rules, lambda: token_hex(8))
    if dead:
        named = ", ".join(dead[:_NAMED]) + (" …" if len(dead) > _NAMED else "")
        raise PolicyError(
            f"nothing goes out: redaction does not find what was planted for "
            f"{counted(len(dead), 'rule')}: {named}; run: tracemill privacy rules"
        )
    return sum(1 for _ in canaries(rules, ""))


def _refuse(result: ScanResult, folder: Path) -> None:
    """Raise where anything is found or unknown, and name it."""
    if not (result.places or result.failures):
        return
    named = [
        f"{_place(found.path, folder)}, {found.place} {found.where}: {found.rule} ({found.kind})"
        for found in result.places[:_NAMED]
    ]
    named += [f"{_place(one.uri, folder)}: {_why(one)}" for one in result.failures[:_NAMED]]
    n_more = len(result.places) + len(result.failures) - len(named)
    more = f"; and {n_more:,} more" if n_more else ""
    counted_up = counted(sum(result.kinds.values()), "finding")
    unknown = f", {counted(len(result.failures), 'place')} unknown" if result.failures else ""
    raise PolicyError(
        f"nothing goes out: {counted_up}{unknown}: {'; '.join(named)}{more}. "
        "Newer rules know more: run `tracemill run`, which redacts again what older rules read"
    )


def _place(path: str, folder: Path) -> str:
    return path.removeprefix(f"{folder}/")


def _why(failure: Failure) -> str:
    return f"{failure.reason}, {failure.detail}"


def _hashed(path: Path, name: Path) -> ReceiptFile:
    return ReceiptFile(path=str(name), n_bytes=path.stat().st_size, sha256=hash_file(path))
