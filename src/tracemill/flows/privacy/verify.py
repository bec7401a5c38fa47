"""Whether an export still is what went through the gate, and whether that gate still counts.

It is refused when a byte, a file or the receipt has changed, when a rule is gone that it was looked
at with, or when the rules in use are older. Where rules have come or changed, it is read again, and
refused where they find something.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from tracemill.base.file_hashes import hash_file
from tracemill.base.named_files import require_there
from tracemill.flows.ingest.redactors import own_redactor
from tracemill.flows.ingest.rule_sets import RuleSet, fewer_rules, rules_in_use
from tracemill.flows.ingest.seals import seal
from tracemill.flows.privacy.gate import receipt_path
from tracemill.flows.privacy.scan import Scan, Target, files_of
from tracemill.records.privacy.receipts import Receipt, ReceiptFile
from tracemill.records.refs import Record
from tracemill.store.workspace import Workspace


class VerifyResult(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Whether an export may go on."""

    path: str
    """The export."""
    is_accepted: bool
    """Whether it is what went through the gate, under rules that still count."""
    problems: tuple[str, ...]
    """Why it is refused."""
    notes: tuple[str, ...]
    """What else a person should know."""
    receipt: Receipt | None
    """What it went through; None where that cannot be read."""


def verify_export(workspace: Workspace, path: Path) -> VerifyResult:
    """Check an export against its receipt, and the receipt against the rules in use.

    Raises:
        NotFoundError: there is nothing at `path`.
    """
    require_there(path, "exported folder or file")
    place = receipt_path(path)
    try:
        receipt = msgspec.json.decode(place.read_bytes(), type=Receipt)
    except FileNotFoundError:
        problem = f"there is no receipt at {str(place)!r}: nobody knows what this went through"
        return _result(path, None, [problem], [])
    except msgspec.DecodeError as error:
        return _result(path, None, [f"the receipt is damaged: {error}"], [])
    verifying = _Verifying(workspace, path, receipt)
    return _result(path, receipt, list(verifying.problems()), verifying.notes)


def _result(
    path: Path, receipt: Receipt | None, problems: list[str], notes: list[str]
) -> VerifyResult:
    return VerifyResult(
        path=str(path),
        is_accepted=not problems,
        problems=tuple(problems),
        notes=tuple(notes),
        receipt=receipt,
    )


class _Verifying:
    def __init__(self, workspace: Workspace, path: Path, receipt: Receipt) -> None:
        self._workspace = workspace
        self._folder = path if path.is_dir() else path.parent
        self._place = receipt_path(path)
        self._receipt = receipt
        self.notes: list[str] = []

    def problems(self) -> Iterator[str]:
        """Yield what speaks against the export."""
        yield from self._of_seal()
        yield from self._of_files()
        yield from self._of_rules()

    def _of_seal(self) -> Iterator[str]:
        stated = self._receipt.seal
        bare = msgspec.structs.replace(self._receipt, seal=None)
        own = seal(self._workspace, msgspec.json.encode(bare))
        if stated is None:
            yield "the receipt has no seal: it was changed, or is not of this version"
        elif own is None or own.key_id != stated.key_id:
            self.notes.append("the seal was not checked: it is of another workspace's key")
        elif own.hmac_sha256 != stated.hmac_sha256:
            yield "the receipt was changed since it was sealed"

    def _of_files(self) -> Iterator[str]:
        for file in self._receipt.files:
            yield from _of_file(self._folder, file)
        if self._receipt.is_whole_folder:
            known = {self._folder / file.path for file in self._receipt.files} | {self._place}
            for path in sorted(set(files_of(Target(self._folder))) - known):
                yield f"{path.relative_to(self._folder)} went through no gate"

    def _of_rules(self) -> Iterator[str]:
        receipt, rules = self._receipt, rules_in_use()
        if rules.version == receipt.rules_version:
            return
        then = RuleSet(
            version=receipt.rules_version,
            tracemill=receipt.tracemill,
            redact_version=receipt.redact_version,
            rules=receipt.rules,
        )
        if (fewer := fewer_rules(then)) is not None:
            yield fewer
        else:
            yield from self._read_again(rules.version)

    def _read_again(self, version: str) -> Iterator[str]:
        scan = Scan(own_redactor(self._workspace).redactor)
        scan.look(self._folder / file.path for file in self._receipt.files)
        result = scan.result()
        for found in result.places:
            place = found.path.removeprefix(f"{self._folder}/")
            where = f"{place}, {found.place} {found.where}"
            yield f"other rules find {found.rule} ({found.kind}) in {where}"
        yield from (f"{failure.uri}: {failure.detail}" for failure in result.failures)
        if not (result.places or result.failures):
            self.notes.append(f"read again with other rules ({version}): nothing is found")


def _of_file(folder: Path, file: ReceiptFile) -> Iterator[str]:
    path = folder / file.path
    try:
        found = hash_file(path)
    except OSError as error:
        yield f"{file.path} cannot be read: {error.strerror}"
        return
    if found != file.sha256:
        yield f"{file.path} has changed: expected {file.sha256}, found {found}"
