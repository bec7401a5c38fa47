"""Laws of sources of gates: whatever stands in a report, and in whatever blocks it comes."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.autoforge import test_state as autoforge
from tests.sources.bandit import test_reports as bandit
from tests.sources.beads import test_issues as beads
from tests.sources.coverage import test_reports as coverage
from tests.sources.gate_reading import assert_sums, read_gates, readers_of
from tests.sources.github import payloads as github
from tests.sources.gitleaks import test_reports as gitleaks
from tests.sources.junit import test_reports as junit
from tests.sources.mypy import test_reports as mypy
from tests.sources.pylint import test_reports as pylint
from tests.sources.pytest import test_reports as pytest_reports
from tests.sources.reading import blocks_of
from tests.sources.ruff import test_reports as ruff
from tests.sources.sarif import test_reports as sarif

from tracemill.records.events.event import Event
from tracemill.sources import load_source
from tracemill.sources.reading.xml_stream import NotXmlError, xml_elements

REPORTS: dict[str, list[bytes]] = {
    "junit": [junit.PYTEST.encode()],
    "pytest": [
        pytest_reports.document(pytest_reports.outcome_of("failed")),
        pytest_reports.log(pytest_reports.report("setup"), pytest_reports.report("teardown")),
    ],
    "github": list(github.FORMS.values()),
    "autoforge": [autoforge.WORK, autoforge.DECISIONS],
    "beads": [beads.LINES],
    "coverage": [each.encode() for each in coverage.FORMS.values()],
    "ruff": [ruff.LIST, ruff.LINES, ruff.ANNOTATED],
    "mypy": [mypy.LINES],
    "bandit": [bandit.report(bandit.ROW)],
    "pylint": list(pylint.FORMS.values()),
    "gitleaks": [gitleaks.LIST],
    "sarif": [sarif.log(sarif.run(sarif.result()), sarif.run())],
}
for_each_report = pytest.mark.parametrize(
    ("name", "report"),
    [
        pytest.param(name, each, id=f"{name}-{i}")
        for name in REPORTS
        for i, each in enumerate(REPORTS[name])
    ],
)
VALUES = st.sampled_from(
    ["null", "true", "-1", str(2**70), "1.5", '""', '"x"', '"::"', "[]", "[1]", "{}", '{"a": null}']
).map(json.loads)


@st.composite
def mangled(draw: st.DrawFn, report: bytes) -> bytes:
    """Draw a report that is cut, spliced, or repeated in places."""
    data = report
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 40)))
        put = draw(st.sampled_from([b"", b"\0", b"\xff", b"<", b"]]>", b'"', b"}", b"\n", b"&x;"]))
        data = data[:start] + put + data[end:]
    return data


def documents_in(report: bytes) -> list[object]:
    try:
        return [json.loads(report)]
    except ValueError:
        return [json.loads(line) for line in report.splitlines()]


@st.composite
def misshapen(draw: st.DrawFn, report: bytes) -> bytes:
    """Draw a report in which any value may have become any other."""
    documents = documents_in(report)
    for _ in range(draw(st.integers(1, 3))):
        node = draw(st.sampled_from(documents))
        while isinstance(node, dict | list) and node:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            key = draw(st.sampled_from(keys))
            if draw(st.booleans()) or not isinstance(node[key], dict | list):
                node[key] = draw(VALUES)
                break
            node = node[key]
    return b"\n".join(json.dumps(document).encode() for document in documents)


@for_each_report
@given(data=st.data())
def test_blocks_do_not_matter(name: str, report: bytes, data: st.DataObject) -> None:
    source = load_source(name)
    size = data.draw(st.integers(1, 300))

    assert read_gates(source, blocks_of(report, size)).records == read_gates(source, report).records


@for_each_report
@given(data=st.data())
def test_nothing_in_a_report_is_a_crash(name: str, report: bytes, data: st.DataObject) -> None:
    is_json = report[:1] in (b"{", b"[")
    drawn = data.draw(mangled(report) | misshapen(report) if is_json else mangled(report))

    found = read_gates(load_source(name), drawn)

    assert_sums(found)
    for record in found.records:
        kind = Event if isinstance(record, Event) else type(record)
        assert msgspec.json.decode(msgspec.json.encode(record), type=kind) is not None


@for_each_report
@given(content=st.binary(max_size=200))
def test_bytes_of_any_kind_are_no_crash(name: str, report: bytes, content: bytes) -> None:
    assert_sums(read_gates(load_source(name), content))
    assert report


@given(
    text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30),
    size=st.integers(1, 50),
)
def test_texts_and_ends_of_elements_are_those_of_the_file(text: str, size: int) -> None:
    from xml.sax.saxutils import escape, quoteattr

    said = quoteattr(text)
    data = f"<a x={said}><b y={said}/><c>{escape(text)}</c ></a>".encode()

    opened, empty, closed, *_, inner, end = list(xml_elements(blocks_of(data, size)))

    assert data[closed.end :].startswith(b"<c>")  # type: ignore[union-attr]
    assert inner.text == text.replace("\r", "\n")  # type: ignore[union-attr]
    assert end.end == len(data)  # type: ignore[union-attr]
    assert opened.attributes["x"] == empty.attributes["y"]  # type: ignore[union-attr]


@given(
    fields=st.dictionaries(
        st.sampled_from(
            ["type", "kind", "source", "role", "status", "ts", "id", "timestamp", "content"]
        ),
        VALUES,
    )
)
def test_no_source_trips_over_a_type_that_is_no_text(fields: dict[str, object]) -> None:
    for shape in (fields, [fields], {"messages": [fields], **fields}):
        readers_of(json.dumps(shape).encode())


REPEATED = [
    b"\n",
    b" \n",
    b"\r\n",
    b"SF:a\n",
    b"TN:\n",
    b"A:\n",
    b"<!--",
    b"<?",
    b"<!DOCTYPE [",
    b"::error ",
    b"************* Module a\n",
    b"a:1:",
    b"[",
    b'{"a":',
    b"\x00",
]


@pytest.mark.parametrize("part", REPEATED)
def test_a_file_of_one_thing_again_and_again_is_looked_at_soon(part: bytes) -> None:
    readers_of(part * (65_536 // len(part)))


def test_a_long_text_of_a_failure_is_looked_at_soon() -> None:
    longrepr = "(" + ", 1, '" * 100_000
    failed = {**pytest_reports.phase("failed"), "longrepr": longrepr}

    found = read_gates(
        load_source("pytest"),
        pytest_reports.document(pytest_reports.outcome_of("failed", call=failed)),
    )

    assert len(found.results) == 1


HOSTILE = {
    "laughs": b'<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><a>&b;</a>',
    "file": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
    "parameter": b'<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/hostname">%x;]><a/>',
    "deep": b"<a>" * 100_000,
    "long tag": b"<a b='" + b"x" * 2**25,
    "long comment": b"<a><!--" + b"x" * 2**25,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml_is_refused(name: str) -> None:
    with pytest.raises(NotXmlError):
        list(xml_elements(blocks_of(HOSTILE[name], 2**16)))


def test_a_document_type_elsewhere_is_not_fetched() -> None:
    data = b'<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd"><a/>'

    assert len(list(xml_elements([data]))) == 2
