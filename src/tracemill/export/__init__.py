"""Out: examples become rows that trainers read.

To add a format: one module here with one class, one line in `EXPORTERS`, one folder under
`tests/export/`. An exporter never asks which source an example came from.
"""

from __future__ import annotations

from typing import Any, Final

from tracemill.base.registry import Registry
from tracemill.export.protocol import Exporter

EXPORT_VERSION: Final = 2
"""Raise it when the same example would give another row."""

EXPORTERS: Final = Registry[type[Exporter[Any]]](
    kind="exporter", builtin={"trl-chat": "tracemill.export.trl_chat:TrlChat"}
)
"""Every exporter by name."""

__all__ = ["EXPORTERS", "EXPORT_VERSION", "Exporter"]
