"""Made-up data, always marked as such: tasks whose right answers are known because we made them."""

from __future__ import annotations

from typing import Final

SYNTH_VERSION: Final = 10
"""Raise it when the same seed would give others; tests/synth/versions.json knows what each gave."""

__all__ = ["SYNTH_VERSION"]
