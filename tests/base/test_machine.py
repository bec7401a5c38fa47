"""Cores and memory are told on systems that count them in other ways."""

import os

import pytest

from tracemill.base.machine import n_cores, peak_memory_bytes


def test_cores_are_those_of_this_process() -> None:
    assert 1 <= n_cores() <= (os.cpu_count() or 1)


def test_cores_are_told_where_a_process_is_not_bound_to_some(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)

    assert n_cores() == os.cpu_count()


def test_macos_counts_memory_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    in_kibibytes = peak_memory_bytes()
    monkeypatch.setattr("sys.platform", "darwin")

    assert in_kibibytes > 512 * peak_memory_bytes()
