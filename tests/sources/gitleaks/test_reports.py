"""The JSON report of gitleaks."""

from __future__ import annotations

import json
from pathlib import Path

from tests.sources.gate_reading import assert_sums, read_gates, readers_of

from tracemill.sources.findings_reports import Gitleaks
from tracemill.sources.head import Head

ROW = {
    "RuleID": "generic-key",
    "Description": "A key was found",
    "StartLine": 3,
    "EndLine": 3,
    "StartColumn": 5,
    "EndColumn": 9,
    "Match": "key = SHY",
    "Secret": "SHY",
    "File": "a.py",
    "SymlinkFile": "",
    "Commit": "0f1e",
    "Author": "Shy Person",
    "Email": "shy@example.com",
    "Message": "SHY",
    "Fingerprint": "0f1e:a.py:generic-key:3",
}
LIST = json.dumps([ROW]).encode()


def test_a_leak_is_kept_without_the_secret_and_who_leaked_it() -> None:
    found = read_gates(Gitleaks(), LIST)

    assert_sums(found)
    assert (found.run.gate, found.run.status) == ("security", "failed")
    (result,) = found.results
    assert (result.rule, result.path, result.line, result.column) == ("generic-key", "a.py", 3, 5)
    assert (result.message, result.commit) == ("A key was found", "0f1e")
    assert "shy" not in str(found.records).lower()


def test_leaks_are_told_by_their_fields_and_a_clean_run_by_its_name() -> None:
    assert readers_of(LIST) == ["gitleaks"]
    assert Gitleaks().recognises(Head(Path("gitleaks.json"), b"[]\n"))
    assert not Gitleaks().recognises(Head(Path("report.json"), b"[]\n"))
