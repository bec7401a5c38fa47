"""Reads SARIF logs run by run: see `sources.sarif` for the model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from tracemill.base.lines import Line
from tracemill.records.events.gates import GateKind, GateResult, ResultStatus
from tracemill.records.refs import Origin, Span
from tracemill.sources.facts.gate_records import OpenGateRun, at_most
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.json_fields import count, moment, objects_of, text
from tracemill.sources.reading.json_lines import BadShapeError

_GATES: Final[Mapping[str, GateKind]] = {
    "bandit": "security",
    "checkov": "security",
    "codeql": "security",
    "gitleaks": "security",
    "gosec": "security",
    "grype": "security",
    "mypy": "types",
    "osv-scanner": "security",
    "pyright": "types",
    "scorecard": "security",
    "secretlint": "security",
    "semgrep": "security",
    "semgrep oss": "security",
    "snyk": "security",
    "trivy": "security",
    "trufflehog": "security",
    "zizmor": "security",
}
"""What a tool looks at; one that is not listed is a linter."""
_QUOTES_SECRETS: Final = frozenset({"secretlint", "trufflehog", "detect-secrets"})
_KINDS: Final[Mapping[str, ResultStatus]] = {
    "pass": "passed",
    "notApplicable": "skipped",
    "informational": "noted",
    "open": "noted",
    "review": "noted",
}
_NOTES: Final = frozenset({"note", "none"})
_PLACEHOLDER: Final = re.compile(r"\{(\d{1,2})\}")


class SarifReader:
    """Takes the runs of one log."""

    def __init__(self, origin: Origin) -> None:
        self.ready: list[SourceRecord] = []
        self._origin = origin
        self._n_runs = 0

    def begin(self, fields: Mapping[str, Any], whole: Line) -> None:
        """Look at the fields of the log; what matters is in its runs."""
        if "version" not in fields and "$schema" not in fields:
            raise BadShapeError(f"expected a SARIF log, found another document to {whole.end}")

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one run."""
        driver = _part(_part(record, "tool"), "driver")
        name = text(driver.get("name"))
        if name is None:
            raise BadShapeError("expected a run with the name of its tool, found none")
        reading = _Run(record, driver, self._open(name))
        span = Span(start=line.start, end=line.end)
        for result in objects_of(record.get("results")):
            self.ready.append(reading.run.add(reading.result(result, span)))
        self.ready.append(reading.run.close(span))
        return None

    def finish(self) -> None:
        """Nothing stays open."""

    def _open(self, tool: str) -> OpenGateRun:
        gate = _GATES.get(tool.lower(), "lint")
        run = OpenGateRun(self._origin, gate, tool, self._n_runs)
        self._n_runs += 1
        return run


class _Run:
    """One run while its results are read."""

    def __init__(
        self, record: Mapping[str, Any], driver: Mapping[str, Any], run: OpenGateRun
    ) -> None:
        self.run = run
        self._rules = objects_of(driver.get("rules"))
        self._by_id = {rule.get("id"): rule for rule in self._rules if text(rule.get("id"))}
        self._artifacts = objects_of(record.get("artifacts"))
        run.passes_when_silent = isinstance(record.get("results"), list)
        run.tool_version = text(driver.get("version")) or text(driver.get("semanticVersion"))
        run.title = text(_part(record, "automationDetails").get("id"))
        for invocation in objects_of(record.get("invocations"))[:1]:
            self._note_invocation(invocation)
        for provenance in objects_of(record.get("versionControlProvenance"))[:1]:
            run.commit = text(provenance.get("revisionId"))
            run.branch = text(provenance.get("branch"))

    def _note_invocation(self, invocation: Mapping[str, Any]) -> None:
        run = self.run
        run.at = moment(invocation.get("startTimeUtc")) or moment(invocation.get("endTimeUtc"))
        begun, ended = run.at, moment(invocation.get("endTimeUtc"))
        if begun and ended and ended > begun:
            run.duration_s = (ended - begun).total_seconds()
        code = invocation.get("exitCode")
        run.exit_code = code if type(code) is int and abs(code) < 2**31 else None
        if invocation.get("executionSuccessful") is False:
            run.verdict = "error"

    def result(self, said: Mapping[str, Any], span: Span) -> GateResult:
        """Return one result."""
        rule = self._rule(said)
        level = text(said.get("level")) or text(_part(rule, "defaultConfiguration").get("level"))
        severity = level or "warning"
        place = next(iter(objects_of(said.get("locations"))), {})
        physical = _part(place, "physicalLocation")
        region = _part(physical, "region")
        line = count(region.get("startLine"))
        return GateResult(
            id=self.run.next_id(),
            gate_run_id=self.run.id,
            status=_status(said, severity),
            rule=_rule_id(said) or text(rule.get("id")),
            name=text(rule.get("name")),
            severity=severity,
            path=self._path(_part(physical, "artifactLocation")),
            line=line,
            column=count(region.get("startColumn")),
            end_line=count(region.get("endLine")) or line,
            end_column=count(region.get("endColumn")),
            message=at_most(self._message(said, rule)),
            commit=text(_part(said, "partialFingerprints").get("commitSha")),
            span=span,
        )

    def _rule(self, said: Mapping[str, Any]) -> Mapping[str, Any]:
        reference = _part(said, "rule")
        index = count(said.get("ruleIndex", reference.get("index")))
        if index is not None and index < len(self._rules):
            return self._rules[index]
        return self._by_id.get(_rule_id(said), {})

    def _message(self, said: Mapping[str, Any], rule: Mapping[str, Any]) -> str | None:
        if (self.run.tool or "").lower() in _QUOTES_SECRETS:
            return text(_part(rule, "shortDescription").get("text"))
        message = _part(said, "message")
        whole = text(message.get("text"))
        if whole is None:
            known = _part(_part(rule, "messageStrings"), str(message.get("id")))
            whole = text(known.get("text"))
        arguments = message.get("arguments")
        if whole is None or not isinstance(arguments, list):
            return whole
        return _PLACEHOLDER.sub(lambda found: _argument(arguments, found), whole)

    def _path(self, location: Mapping[str, Any]) -> str | None:
        uri = text(location.get("uri"))
        index = count(location.get("index"))
        if uri is None and index is not None and index < len(self._artifacts):
            uri = text(_part(self._artifacts[index], "location").get("uri"))
        return None if uri is None else _path_in(uri)


def _rule_id(said: Mapping[str, Any]) -> str | None:
    return text(said.get("ruleId")) or text(_part(said, "rule").get("id"))


def _argument(arguments: list[Any], found: re.Match[str]) -> str:
    index = int(found[1])
    return str(arguments[index]) if index < len(arguments) else found[0]


def _path_in(uri: str) -> str | None:
    """Return the path in an address; some writers put a sentence there."""
    if " " in uri:
        return None
    if not uri.startswith("file:"):
        return unquote(uri)
    try:
        return unquote(urlsplit(uri).path) or None
    except ValueError:
        return None


def _status(said: Mapping[str, Any], level: str) -> ResultStatus:
    suppressions = objects_of(said.get("suppressions"))
    if any(each.get("status", "accepted") == "accepted" for each in suppressions):
        return "skipped"
    kind = _KINDS.get(text(said.get("kind")) or "fail")
    if kind is not None:
        return kind
    if said.get("baselineState") == "absent":
        return "skipped"
    return "noted" if level in _NOTES else "failed"


def _part(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = holder.get(name)
    return value if isinstance(value, dict) else {}
