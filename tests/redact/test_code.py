"""Code that parses still parses, whatever was found in it."""

from __future__ import annotations

import ast
import json
import os
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.redact.conftest import KEY
from tests.redact.templates import fill
from tracemill.redact import Redactor

ROOT = Path(os.environ.get("TRACEMILL_SHARED_DATA") or Path(__file__).parents[3] / "shared/data")
SESSIONS = ROOT / "formats"
REDACTOR = Redactor(KEY)
PARSERS: dict[str, Callable[[str], object]] = {
    "python": ast.parse,
    "json": json.loads,
    "toml": tomllib.loads,
    "yaml": lambda text: pytest.importorskip("yaml").safe_load(text),
}
NAMES = {"py": "python", "python3": "python"}
FENCED = re.compile(r"```(\w+)[^\n]*\n(.*?)```", re.DOTALL)
NUMBERED = re.compile(r"^\s*\d+(?:→|\t)", re.MULTILINE)
BEGINS = {
    "python": re.compile(r"^(?:import|from|def|class) ", re.MULTILINE),
    "json": re.compile(r"\A\s*[\[{]"),
    "toml": re.compile(r"^\[[\w.-]+\]$", re.MULTILINE),
}
LEAST = 0.995

CODE = [
    (
        "python",
        'client = Client(\n    api_key="{alnum:40}",\n    url="https://ci:{hex:32}@x.io",\n)\n',
    ),
    ("python", "PASSWORD = '{alnum:12}!'  # from ada@lovelace.org\nprint(PASSWORD)\n"),
    ("python", 'HEADERS = {"Authorization": f"Bearer {alnum:40}"}\n'),
    ("json", '{"password": "{alnum:12}\\n", "token": "{hex:40}", "n": 1}'),
    ("json", '{"env": "DB_PASS={alnum:22}\\nSECRET_KEY=\\"{alnum:40}\\"", "ip": "86.168.81.226"}'),
    (
        "json",
        '{"key": "-----BEGIN RSA PRIVATE KEY-----\\n{b64:64}\\n-----END RSA PRIVATE KEY-----"}',
    ),
    ("toml", '[db]\npassword = "{alnum:12}!"\nurl = "postgres://app:{alnum:12}@db:5432/x"\n'),
    ("yaml", "smtp:\n  password: {word:6}{digit:4}?\n  token: {alnum:32}\n  host: 86.168.81.226\n"),
    (
        "yaml",
        "db:\n  password: {alnum:12}!\n  url: https://ci:{hex:32}@x.io/a # ada@lovelace.org\n",
    ),
    (
        "yaml",
        "key: |\n  -----BEGIN RSA PRIVATE KEY-----\n  {b64:64}\n  -----END RSA PRIVATE KEY-----\n",
    ),
]


HARMLESS = [
    '"AWS::IAM::AccessKey": "{hex:16}",\n"AWS::Backup::BackupVault": "{hex:16}",',
    '"AWS::Config::AggregationAuthorization": "{hex:16}",',
    "username, password = proxy_auth",
    "password = _unquote_user(parts.password)",
    "passphrase: NotRequired[str]",
    "key = maybe_upcast_numeric_to_64bit(key)",
    "should_pass(\"WinDLL('./x.dll')\")",
    'self.code["S3Key"] = f"{self.function_name}-{self.code[\'UUID\']}"',
    "a = +4294967296  # 1 << 32",
    "password = form.cleaned_data.password2",
    "password: user.password1",
    "--b1_{hex:32}\nContent-Type: text/plain",
]


@pytest.mark.parametrize("code", HARMLESS)
def test_code_without_secrets_stays(code: str) -> None:
    code = filled(code)

    assert REDACTOR.text(code) == code


def filled(code: str) -> str:
    """Fill what is a template, and leave other braces alone."""
    return re.sub(r"\{[a-z0-9]+:\d+\}", lambda template: fill(template[0]), code)


@pytest.mark.parametrize(("language", "code"), CODE)
def test_code_with_secrets_still_parses(language: str, code: str) -> None:
    code = filled(code)
    PARSERS[language](code)

    redacted = REDACTOR.text(code)
    PARSERS[language](redacted)

    assert redacted.count("[SECRET:") >= 1


def parses(language: str, code: str) -> bool:
    try:
        PARSERS[language](code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts_in(part)


def code_in(text: str) -> Iterator[tuple[str, str]]:
    for fence in FENCED.finditer(text):
        yield NAMES.get(fence[1].lower(), fence[1].lower()), fence[2]
    plain = NUMBERED.sub("", text) if NUMBERED.match(text) else text
    yield from ((language, plain) for language, how in BEGINS.items() if how.search(plain))


@pytest.mark.foreign
@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
def test_code_in_real_sessions_still_parses() -> None:
    files = sorted(
        p for kind in ("claude_code", "codex") for p in (SESSIONS / kind).rglob("*.jsonl")
    )
    if not files:
        pytest.skip(f"no sessions under {SESSIONS}; set TRACEMILL_SHARED_DATA")
    lines = (line for path in files for line in path.read_bytes().split(b"\n"))
    rows = (json.loads(line) for line in lines if parses("json", line.decode("utf-8", "replace")))
    texts = {text for row in rows for text in texts_in(row) if 60 <= len(text) <= 100_000}
    found = {block for text in texts for block in code_in(text) if block[0] in BEGINS}
    blocks = sorted(block for block in found if parses(*block))

    still = Counter(language for language, code in blocks if parses(language, REDACTOR.text(code)))

    n_blocks = Counter(language for language, _ in blocks)
    assert sum(n_blocks.values()) > 100
    assert sum(still.values()) >= LEAST * sum(n_blocks.values()), (still, n_blocks)
