"""Codes behind words that say what they let one into go; what merely looks like them stays."""

from __future__ import annotations

import re

import pytest

from tracemill.redact import Redactor

_TOKEN = r"\[SECRET:recovery-codes:[a-z2-7]{6}\]"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Recovery codes:\n 1. a1b2-c3d4\n 2. e5f6-g7h8\n\nKeep.", "Recovery codes:\n 1. X\n 2. X\n\nKeep."),
        ('backup_codes = ["1234-5678", "8765-4321"]', 'backup_codes = ["X", "X"]'),
        ('"recoveryCodes": [\n  "a1b2c-d3e4f",\n  "q1w2e-r3t4y"\n],', '"recoveryCodes": [\n  "X",\n  "X"\n],'),
        ("Backup codes for GitHub:\n\n- 3f9c1-77ab2\n- 99aab-1c2d3\n", "Backup codes for GitHub:\n\n- X\n- X\n"),
        ("backup codes: 12345678, 87654321", "backup codes: X, X"),
        ("scratch codes: 1234 5678\n8765 4321", "scratch codes: X\nX"),
        ("BitLocker recovery key: 123456-234567-345678-456789", "BitLocker recovery key: X"),
        ("recovery codes\nabcde-fghij klmno-pqrst", "recovery codes\nX X"),
        ("backup codes:\n3f9c177ab2e4d5a6\n99aab1c2d3e4f5a6", "backup codes:\nX\nX"),
        ("backup code: 48120937", "backup code: X"),
        ('"backup_code": "48120937"', '"backup_code": "X"'),
        ("Your recovery code is 48120937", "Your recovery code is X"),
        ("Your backup code is a1b2-c3d4.", "Your backup code is X."),
        ("recovery code: a1b2-c3d4: used", "recovery code: X: used"),
        ("backup codes: 49929529 12822565.", "backup codes: X X."),
        ("backup_code=a1b2-c3d4/x", "backup_code=X/x"),
        ("**Recovery code** is a1b2-c3d4", "**Recovery code** is X"),
        ("`backup codes` are a1b2-c3d4", "`backup codes` are X"),
        ("backup codes: kite-mango, lima-tango", "backup codes: X, X"),
    ],
)  # fmt: skip
def test_codes_go_wherever_a_list_puts_them(text: str, left: str, redactor: Redactor) -> None:
    redacted = redactor.text(text)

    assert re.fullmatch(re.escape(left).replace("X", _TOKEN), redacted)
    assert redactor.text(redacted) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "backup code 12345678 files",
        "recovery codes are shown once",
        "the backup-code path src/a-b",
        "backup keys: user-name host-name",
        "backup code: 2024-01-15 12:00",
        "backup codebase 1234-5678",
        "recovery codes:\n$CODES\n1234-5678",
        "backup codes: how-they work",
        "codes: a1b2-c3d4",
        "import x from './recovery-codes-page2test'",
        "pod/backup-code-7d9f8b6c5d",
        "backup key s3bucket1 exists",
        "Fixes recovery code #123456, #234567",
    ],
)
def test_what_is_no_code_stays(text: str, redactor: Redactor) -> None:
    assert redactor.text(text) == text


def test_a_placeholder_in_a_list_stays_and_ends_it_not(redactor: Redactor) -> None:
    placeholder = "-".join(["X" * 4] * 2)

    redacted = redactor.text(f"backup codes: {placeholder} kite-mango")

    assert re.fullmatch(rf"backup codes: {placeholder} {_TOKEN}", redacted)
    assert redactor.text(redacted) == redacted


def test_a_list_longer_than_is_looked_at_ends_at_the_same_code_again(redactor: Redactor) -> None:
    text = "recovery codes:\n" + "\n".join(f"a1b2-{n:04}" for n in range(200))

    redacted = redactor.text(text)

    assert redacted.count("[SECRET:") >= 64
    assert redactor.text(redacted) == redacted


def test_no_list_reaches_into_another_text(redactor: Redactor) -> None:
    first, second = redactor.locate(["recovery codes:", "a1b2-c3d4"])

    assert (first.text, second.text) == ("recovery codes:", "a1b2-c3d4")
