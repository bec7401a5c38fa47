"""Verdicts as JUnit XML, which every CI shows: a check is a test, skipped without a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.etree import ElementTree as ET

from tracemill.records.datasets.audits import CheckResult

_CLASS: Final = "tracemill.checks"


def junit_report(name: str, checks: Sequence[CheckResult]) -> str:
    """Return the checks of a dataset as a JUnit document."""
    verdicts = [check.verdict for check in checks]
    suite = ET.Element(
        "testsuite",
        name=name,
        tests=str(len(checks)),
        failures=str(verdicts.count("fail")),
        skipped=str(verdicts.count("unknown")),
        errors="0",
    )
    for check in checks:
        case = ET.SubElement(suite, "testcase", classname=_CLASS, name=check.name)
        if check.verdict == "unknown":
            ET.SubElement(case, "skipped", message=check.says)
        elif check.verdict == "fail":
            ET.SubElement(case, "failure", message=check.says).text = _rows(check)
        else:
            ET.SubElement(case, "system-out").text = check.says
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)


def _rows(check: CheckResult) -> str:
    asked = f"measured {check.measured:.4g}" if check.measured is not None else "not measured"
    if check.threshold is not None:
        asked += f", asked for {check.threshold:.4g}"
    rows = [f"{row.file}:{row.line}  {row.detail}" for row in check.failing]
    return "\n".join([asked, *rows])
