"""Reports in XML, element by element: what a reader makes of them, and where one breaks off."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Protocol

from tracemill.records.inputs import Quarantined
from tracemill.records.refs import Origin, Span
from tracemill.sources.facts.gate_records import OpenGateRun
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.xml_stream import Closed, NotXmlError, Opened, xml_elements


class ElementReader(Protocol):
    """Takes elements in their order, and has records ready now and then."""

    run: OpenGateRun
    ready: list[SourceRecord]

    def take(self, element: Opened | Closed) -> None:
        """Take the next element.

        Raises NotXmlError where it is none of such a report.
        """
        ...


def read_elements(
    reader: ElementReader, blocks: Iterable[bytes], origin: Origin
) -> Generator[SourceRecord, None, int]:
    """Yield what a reader makes of a report; return how many places could not be read.

    Where the text is no XML any more, that is quarantined, the run counts as cut, and what came
    before stands.
    """
    try:
        for element in xml_elements(blocks):
            reader.take(element)
            yield from reader.ready
            reader.ready.clear()
    except NotXmlError as error:
        reader.run.is_cut = True
        span = Span(start=error.at, end=error.at)
        yield Quarantined(reason=error.reason, detail=str(error), span=span, origin=origin)
        return 1
    return 0
