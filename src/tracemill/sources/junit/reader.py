"""Reads JUnit XML element by element: see `sources.junit` for the model."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

from tracemill.base.clock import believed
from tracemill.records.events.gates import GateKind, GateResult, ResultStatus
from tracemill.records.inputs import Tally
from tracemill.records.refs import Origin, Span
from tracemill.sources.facts.gate_records import OpenGateRun, at_most
from tracemill.sources.facts.xml_reports import read_elements
from tracemill.sources.junit.places import place_of
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.json_fields import MAX_COUNT
from tracemill.sources.reading.xml_stream import Closed, NotXmlError, Opened

_OUTCOMES: Final[Mapping[str, ResultStatus]] = {
    "error": "error",
    "failure": "failed",
    "skipped": "skipped",
}
_REPEATS: Final = frozenset({"flakyFailure", "flakyError", "rerunFailure", "rerunError", "rerun"})
_NOT_RUN: Final = frozenset({"notrun", "disabled", "skipped", "suppressed"})
_DECLARED: Final[Mapping[ResultStatus, tuple[str, ...]]] = {
    "failed": ("failures",),
    "error": ("errors",),
    "skipped": ("skipped", "skips", "disabled", "ignored"),
}
_MAX_DIGITS: Final = 19


class _Writer(NamedTuple):
    tool: str
    gate: GateKind


_WRITERS: Final[Mapping[str, _Writer]] = {
    "pytest": _Writer("pytest", "test"),
    "pytest tests": _Writer("pytest", "test"),
    "jest tests": _Writer("jest", "test"),
    "vitest tests": _Writer("vitest", "test"),
    "mocha tests": _Writer("mocha", "test"),
    "rspec": _Writer("rspec", "test"),
    "nextest-run": _Writer("cargo-nextest", "test"),
    "alltests": _Writer("googletest", "test"),
    "mypy": _Writer("mypy", "types"),
    "gitleaks": _Writer("gitleaks", "security"),
}
"""Writers that sign with the name of a suite."""
_STATED: Final = {
    "commit": "commit",
    "commit_sha": "commit",
    "git.commit": "commit",
    "git.commit.id": "commit",
    "git_commit": "commit",
    "github_sha": "commit",
    "branch": "branch",
    "git.branch": "branch",
    "git_branch": "branch",
    "github_ref_name": "branch",
    "github_run_id": "run_id",
}
"""Properties that say where a run belongs."""


def read_junit(blocks: Iterable[bytes], origin: Origin) -> Iterator[SourceRecord]:
    """Yield the results of a report, its gate run, and the tally."""
    reader = _Reader(OpenGateRun(origin, "test", None))
    n_quarantined = yield from read_elements(reader, blocks, origin)
    if reader.has_suites:
        yield reader.close()
    skipped = {"no_finding": reader.n_empty} if reader.n_empty else {}
    n_lines = reader.n_used + reader.n_empty + n_quarantined
    yield Tally(n_lines=n_lines, n_used=reader.n_used, skipped=skipped)


@dataclass
class _Case:
    """A test case that has begun."""

    attributes: Mapping[str, str]
    start: int
    status: ResultStatus | None = None
    message: str | None = None
    text: str = ""
    n_repeats: int = 0


class _Reader:
    """Takes elements in their order."""

    def __init__(self, run: OpenGateRun) -> None:
        self.run = run
        self.ready: list[SourceRecord] = []
        self.has_suites = False
        self.n_used = 0
        self.n_empty = 0
        self._suites: list[Mapping[str, str]] = []
        self._case: _Case | None = None
        self._outcome: Opened | None = None
        self._duration: float | None = None
        self._end = 0

    def take(self, element: Opened | Closed) -> None:
        """Read one beginning or end of an element."""
        if isinstance(element, Opened):
            self._open(element)
        else:
            self._end = element.end
            self._close(element)

    def _open(self, element: Opened) -> None:
        if element.name in {"testsuites", "testsuite"}:
            self._begin_suite(element)
        elif not self._suites:
            raise NotXmlError("bad_shape", "expected test suites, found other XML", element.start)
        elif element.name == "testcase":
            self._case = _Case(element.attributes, element.start)
        elif self._case is None:
            if element.name == "property":
                self._note_property(element.attributes)
        elif element.name in _OUTCOMES:
            self._outcome = element
        elif element.name in _REPEATS:
            self._case.n_repeats += 1

    def _begin_suite(self, element: Opened) -> None:
        said = element.attributes
        is_outermost = not any("tests" in outer for outer in self._suites)
        self._suites.append(said)
        self.has_suites = True
        run = self.run
        run.title = run.title or said.get("name") or None
        run.at = run.at or _moment(said.get("timestamp"))
        if run.tool is None:
            self._note_writer(said)
        if is_outermost and "tests" in said:
            self._declare(said)

    def _note_writer(self, said: Mapping[str, str]) -> None:
        writer = _WRITERS.get(said.get("name", "").lower())
        package = said.get("package", "")
        if writer is not None:
            self.run.tool, self.run.gate = writer
        elif package.startswith("org.") and package.count(".") == 1:
            self.run.tool, self.run.gate = package.removeprefix("org."), "lint"
        elif any("surefire" in value for key, value in said.items() if "chema" in key):
            self.run.tool = "surefire"

    def _declare(self, said: Mapping[str, str]) -> None:
        declared = self.run.declared
        counted = {
            name: sum(_count(said.get(key)) for key in _DECLARED[name]) for name in _DECLARED
        }
        for name, number in counted.items():
            declared[name] = declared.get(name, 0) + number
        passed = max(0, _count(said.get("tests")) - sum(counted.values()))
        declared["passed"] = declared.get("passed", 0) + passed
        seconds = _seconds(said.get("time"))
        if seconds is not None:
            self._duration = (self._duration or 0.0) + seconds

    def _note_property(self, said: Mapping[str, str]) -> None:
        name, value = said.get("name", "").lower(), said.get("value", "")
        if name in _STATED and value:
            setattr(self.run, _STATED[name], value)
        elif name == "github_run_attempt" and value.isdecimal():
            self.run.attempt = _count(value)
        elif name == "go.version":
            self.run.tool, self.run.tool_version = "go", value.removeprefix("go").split()[0]

    def _close(self, element: Closed) -> None:
        case = self._case
        if element.name in {"testsuites", "testsuite"}:
            self._suites.pop()
        elif case is not None and element.name == "testcase":
            self._keep(case, element.end)
            self._case = None
        elif case is not None and self._outcome is not None and element.name == self._outcome.name:
            self._judge(case, self._outcome, element.text)
            self._outcome = None

    def _judge(self, case: _Case, outcome: Opened, text: str) -> None:
        if case.status in {"failed", "error"}:
            return
        said = outcome.attributes
        is_expected = said.get("type") == "pytest.xfail"
        case.status = "xfailed" if is_expected else _OUTCOMES[outcome.name]
        case.message = said.get("message") or said.get("type") or _first_line(text)
        case.text = text

    def _keep(self, case: _Case, end: int) -> None:
        said = case.attributes
        if case.status is None and self.run.gate in {"lint", "security"}:
            self.run.passes_when_silent = True
            self.run.declared.clear()
            self.n_empty += 1
            return
        self.n_used += 1
        is_left_out = said.get("status") in _NOT_RUN or said.get("result") in _NOT_RUN
        place = place_of(self.run.tool, said, self._suites, case.text)
        is_test = self.run.gate not in {"lint", "security"}
        result = GateResult(
            id=self.run.next_id(),
            gate_run_id=self.run.id,
            status=case.status or ("skipped" if is_left_out else "passed"),
            suite=(said.get("classname") or self._suite_name()) if is_test else None,
            name=said.get("name") if is_test else None,
            rule=place.rule,
            path=place.path,
            line=place.line,
            column=place.column,
            end_line=place.end_line,
            end_column=place.end_column,
            message=at_most(case.message),
            text=at_most(case.text) if self.run.gate != "security" else None,
            duration_s=_seconds(said.get("time")),
            attempts=case.n_repeats + 1 if case.n_repeats else None,
            commit=place.commit,
            span=Span(start=case.start, end=end),
        )
        self.ready.append(self.run.add(result))

    def _suite_name(self) -> str | None:
        if self.run.tool == "pytest":
            return None
        return " ".join(name for suite in self._suites if (name := suite.get("name"))) or None

    def close(self) -> SourceRecord:
        """Return the gate run."""
        self.run.duration_s = self._duration
        return self.run.close(Span(start=0, end=self._end))


def _first_line(text: str) -> str | None:
    return next((line.strip() for line in text.splitlines() if line.strip()), None)


def _count(text: str | None) -> int:
    """Return a declared count; what is none, or unbelievable, counts nothing."""
    if text is None or not (text.isascii() and text.isdecimal() and len(text) < _MAX_DIGITS):
        return 0
    return min(int(text), MAX_COUNT)


def _seconds(text: str | None) -> float | None:
    """Return a duration; writers put a comma between thousands, or before the decimals."""
    if not text:
        return None
    has_point = "." in text or text.count(",") > 1
    try:
        seconds = float(text.replace(",", "" if has_point else "."))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _moment(text: str | None) -> datetime | None:
    """Return a moment as aware UTC; one without a zone is meant as UTC."""
    try:
        at = datetime.fromisoformat(text or "")
        return believed(at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC))
    except (ValueError, OverflowError):
        return None
