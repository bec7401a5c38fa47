"""Readers of pytest's own reports: see `sources.pytest_report` for the model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from tracemill.base.lines import Line
from tracemill.records.events.gates import GateResult, ResultStatus
from tracemill.records.refs import Origin, Span
from tracemill.sources.facts.gate_records import OpenGateRun, at_most
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.json_fields import count, objects_of, text, unknown_type
from tracemill.sources.reading.json_lines import BadShapeError

_STATUSES: Final[Mapping[str, ResultStatus]] = {
    "passed": "passed",
    "failed": "failed",
    "error": "error",
    "skipped": "skipped",
    "xfailed": "xfailed",
    "xpassed": "xpassed",
}
_HALTS: Final = ("failed", "skipped")
_PHASES: Final = ("setup", "call", "teardown")
_SKIP_REASON: Final = re.compile(r"\(.*, \d+, (['\"])(?:Skipped: )?(.*)\1\)\Z", re.DOTALL)
_LONGEST_REASON: Final = 2_000
_NOTHING_RAN: Final = 5
_LATEST: Final = 2.0**33
"""Seconds since 1970 beyond which a number is no time."""


class _Crash(NamedTuple):
    """Where and why a phase failed or skipped; None where the report does not tell."""

    path: str | None = None
    line: int | None = None
    message: str | None = None
    text: str | None = None


_NO_CRASH: Final = _Crash()


@dataclass
class _Test:
    """A test while its phases come in."""

    node_id: str
    path: str | None
    line: int | None
    start: int
    end: int
    status: ResultStatus = "passed"
    crash: _Crash = _NO_CRASH
    duration_s: float | None = None
    n_repeats: int = 0

    def spend(self, seconds: object) -> None:
        """Add what a phase took."""
        if isinstance(seconds, float | int) and seconds >= 0:
            self.duration_s = (self.duration_s or 0.0) + seconds


class _Reader:
    """What the two kinds of report share."""

    def __init__(self, origin: Origin) -> None:
        self.ready: list[SourceRecord] = []
        self.run = OpenGateRun(origin, "test", "pytest")

    def _keep(self, test: _Test) -> None:
        suite, name = _parts(test.node_id)
        crash = test.crash
        has_place = test.status in {"failed", "error", "xfailed"} and crash.path is not None
        result = GateResult(
            id=self.run.next_id(),
            gate_run_id=self.run.id,
            status=test.status,
            suite=suite,
            name=name,
            path=crash.path if has_place else test.path,
            line=crash.line if has_place else test.line,
            message=at_most(crash.message),
            text=at_most(crash.text),
            duration_s=test.duration_s,
            attempts=test.n_repeats + 1 if test.n_repeats else None,
            span=Span(start=test.start, end=test.end),
        )
        self.ready.append(self.run.add(result))

    def _collect(self, node_id: str, outcome: object, longrepr: object, line: Line) -> None:
        """Keep a module that could not be collected, or that skips itself."""
        if outcome not in _HALTS:
            return
        status: ResultStatus = "error" if outcome == "failed" else "skipped"
        path = node_id.partition("::")[0] or None
        crash = _crash(None, longrepr)
        self._keep(_Test(node_id, path, None, line.start, line.end, status, crash))

    def _exit(self, code: object) -> None:
        run = self.run
        run.exit_code = code if type(code) is int and abs(code) < 2**31 else None
        if run.exit_code == 0:
            run.verdict = "passed"
        elif run.exit_code == _NOTHING_RAN:
            run.verdict = "unknown"
        elif run.exit_code not in {None, 1}:
            run.verdict = "error"


class DocumentOfTests(_Reader):
    """Takes the tests of a pytest-json-report document."""

    def begin(self, fields: Mapping[str, Any], whole: Line) -> None:
        """Read what the document says of the whole run."""
        if "exitcode" not in fields or not isinstance(fields.get("summary"), dict):
            raise BadShapeError("expected a report of pytest, found another document")
        self._whole = Span(start=whole.start, end=whole.end)
        run = self.run
        run.duration_s = _seconds(fields.get("duration"))
        run.at = _begin(_seconds(fields.get("created")), run.duration_s)
        run.root = text(fields.get("root"))
        run.tool_version = _version(fields.get("environment"))
        run.declared = {
            status: number
            for name, status in _STATUSES.items()
            if (number := count(fields["summary"].get(name)))
        }
        self._exit(fields["exitcode"])
        for node in objects_of(fields.get("collectors")):
            if node.get("outcome") == "failed":
                node_id = text(node.get("nodeid")) or ""
                self._collect(node_id, "failed", node.get("longrepr"), whole)

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one test."""
        node_id = text(record.get("nodeid"))
        if node_id is None:
            raise BadShapeError("expected a test with its node id, found none")
        path = node_id.partition("::")[0]
        test = _Test(node_id, path, _from_one(record.get("lineno")), line.start, line.end)
        outcome = record.get("outcome")
        test.status = _STATUSES.get(outcome, "unknown") if isinstance(outcome, str) else "unknown"
        for phase in _PHASES:
            said = record.get(phase)
            if isinstance(said, dict):
                test.spend(said.get("duration"))
                if text(said.get("outcome")) in _HALTS and test.crash is _NO_CRASH:
                    test.crash = _crash(said.get("crash"), said.get("longrepr"))
        self._keep(test)
        return None

    def finish(self) -> None:
        """Close the run."""
        self.ready.append(self.run.close(self._whole))


class LogOfTests(_Reader):
    """Takes the lines of pytest-reportlog."""

    def __init__(self, origin: Origin) -> None:
        super().__init__(origin)
        self.run.is_cut = True
        self._open: dict[str, _Test] = {}
        self._end = 0
        self._is_log = False

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one line."""
        kind = record.get("$report_type")
        self._is_log = self._is_log or kind is not None
        self._end = line.end
        match kind:
            case "SessionStart":
                self.run.tool_version = text(record.get("pytest_version"))
            case "SessionFinish":
                self.run.is_cut = False
                self._exit(record.get("exitstatus"))
            case "CollectReport":
                node_id = text(record.get("nodeid")) or ""
                self._collect(node_id, record.get("outcome"), record.get("longrepr"), line)
            case "TestReport":
                self._test(record, line)
            case "WarningMessage":
                return "warning"
            case _:
                return unknown_type(kind)
        return None

    def _test(self, record: dict[str, Any], line: Line) -> None:
        node_id = text(record.get("nodeid"))
        if node_id is None:
            raise BadShapeError("expected a report with its node id, found none")
        self.run.at = self.run.at or _moment(record.get("start"))
        test = self._open.get(node_id)
        if test is None:
            path, number = _location(record.get("location"))
            test = _Test(node_id, path, number, line.start, line.end)
            self._open[node_id] = test
        test.end = line.end
        test.spend(record.get("duration"))
        self._phase(test, record)
        if record.get("when") == "teardown" and record.get("outcome") != "rerun":
            self._keep(self._open.pop(node_id))

    def _phase(self, test: _Test, record: dict[str, Any]) -> None:
        outcome, is_call = record.get("outcome"), record.get("when") == "call"
        is_expected = "wasxfail" in record
        if outcome == "rerun":
            test.n_repeats += 1
            return
        if outcome == "failed":
            if test.status not in {"failed", "error"}:
                test.crash = _crash(None, record.get("longrepr"))
            test.status = "failed" if is_call and test.status != "error" else "error"
        elif outcome == "skipped":
            test.status = "xfailed" if is_expected else "skipped"
            test.crash = _crash(None, record.get("longrepr"))
        elif outcome == "passed" and is_call and is_expected:
            test.status = "xpassed"

    def finish(self) -> None:
        """Close the run; tests whose end is missing are kept as far as they came."""
        for test in self._open.values():
            if test.status == "passed":
                test.status = "unknown"
            self._keep(test)
        self._open.clear()
        if self._is_log:
            self.ready.append(self.run.close(Span(start=0, end=self._end)))


def _parts(node_id: str) -> tuple[str | None, str]:
    """Return the suite and the name in a node id; parameters may hold anything."""
    said, bracket, parameters = node_id.partition("[")
    suite, _, name = said.rpartition("::")
    return suite or None, name + bracket + parameters


def _crash(crash: object, longrepr: object) -> _Crash:
    """Return where a phase failed: a crash of its own, or what its long text says."""
    said = crash if isinstance(crash, dict) else None
    if isinstance(longrepr, dict):
        inner = longrepr.get("reprcrash")
        said = said or (inner if isinstance(inner, dict) else None)
    if said is not None:
        path, line = text(said.get("path")), count(said.get("lineno"))
        return _Crash(path, line, text(said.get("message")), _long(longrepr))
    if isinstance(longrepr, list) and len(longrepr) == len(_PHASES):
        reason = text(longrepr[2])
        return _Crash(message=reason and reason.removeprefix("Skipped: "))
    whole = _long(longrepr)
    if whole is None:
        return _NO_CRASH
    if len(whole) < _LONGEST_REASON and (skip := _SKIP_REASON.match(whole)):
        return _Crash(message=skip[2])
    return _Crash(message=whole.rstrip().rpartition("\n")[2].removeprefix("E").strip(), text=whole)


def _long(longrepr: object) -> str | None:
    """Return a long text: given as such, or as the entries of a traceback."""
    if isinstance(longrepr, dict):
        traceback = longrepr.get("reprtraceback")
        entries = traceback.get("reprentries") if isinstance(traceback, dict) else None
        lines = [line for entry in objects_of(entries) for line in _lines(entry)]
        return "\n".join(lines) or None
    return text(longrepr)


def _lines(entry: Mapping[str, Any]) -> Iterator[str]:
    data = entry.get("data")
    lines = data.get("lines") if isinstance(data, dict) else None
    return (
        (line for line in lines if isinstance(line, str)) if isinstance(lines, list) else iter(())
    )


def _location(value: object) -> tuple[str | None, int | None]:
    if not isinstance(value, list) or len(value) != len(_PHASES):
        return None, None
    return text(value[0]), _from_one(value[1])


def _from_one(value: object) -> int | None:
    """Return a line that pytest counts from 0, counted from 1."""
    number = count(value)
    return None if number is None else number + 1


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, float | int) and 0 <= value < _LATEST else None


def _begin(written: float | None, duration_s: float | None) -> datetime | None:
    """Return when a run began whose document was written at its end."""
    return _moment(None if written is None else max(0.0, written - (duration_s or 0.0)))


def _moment(value: object) -> datetime | None:
    seconds = _seconds(value)
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _version(environment: object) -> str | None:
    packages = environment.get("Packages") if isinstance(environment, dict) else None
    return text(packages.get("pytest")) if isinstance(packages, dict) else None
