"""Secrets that are drawn at run time, where they are planted, and the search for them.

Each byte outside the vault and of all output is looked through, Parquet and databases by what they
hold, for the secrets as they are and as they may have been encoded.
"""

from __future__ import annotations

import base64
import json
import secrets
import sqlite3
import string
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq
import pytest
from tests.flows.sessions import lines, write_session
from tests.repositories import Repository

from tracemill.cli.app import call

ALNUM: Final = string.ascii_letters + string.digits


def drawn(n: int, alphabet: str = ALNUM) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(n))


class Planted:
    """Secrets of several kinds, drawn for this run."""

    def __init__(self) -> None:
        self.of: dict[str, str] = {}

    def github(self, place: str) -> str:
        return self._keep(place, f"ghp_{drawn(36)}")

    def password(self, place: str) -> str:
        return self._keep(place, f"{drawn(5)}!{drawn(6)}7#{drawn(5)}")

    def name(self, place: str) -> str:
        """A user's name, long enough that no pseudonym spells it by chance."""
        return self._keep(place, f"quist{drawn(9, string.ascii_lowercase)}")

    def mailbox(self, place: str) -> str:
        return self._keep(place, f"{drawn(10, string.ascii_lowercase)}@{drawn(9).lower()}.org")

    def _keep(self, place: str, secret: str) -> str:
        return self.of.setdefault(place, secret)


def forms(secret: str) -> Iterator[bytes]:
    """Yield how a secret may be spelled; of Base64 what does not depend on its neighbours."""
    data = secret.encode()
    yield from (data, data[::-1], data.hex().encode(), data.hex().upper().encode())
    yield secret.encode("utf-16-le")
    yield "".join(f"%{byte:02x}" for byte in data).encode()
    yield "".join(f"\\u{byte:04x}" for byte in data).encode()
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + data + b"\0" * (-(len(data) + shift) % 3))
        yield coded[4 if shift else 0 : -4]


def plant_session(folder: Path, planted: Planted) -> None:
    place = folder / f"{planted.github('file name')}.jsonl"
    user = planted.name("home folder in texts")
    texts = [
        f"my token is {planted.github('prompt')}, mail {planted.mailbox('prompt mail')}",
        f"PASSWORD={planted.password('assignment')} in /home/{user}/app",
    ]
    made = [json.loads(line) for line in lines("s1", 2)]
    prompts = [row for row in made if isinstance(row["message"]["content"], str)]
    for row, text in zip(prompts, texts, strict=True):
        row["message"]["content"] = text
    for row in made:
        row["cwd"] = f"/home/{user}/app"
        row["gitBranch"] = f"fix-{planted.of['prompt']}"
        for block in row["message"]["content"]:
            if isinstance(block, dict) and block["type"] == "tool_use":
                token = planted.github(f"call {block['id']}")
                block["input"]["command"] = f"GITHUB_TOKEN={token} pytest -q"
            if isinstance(block, dict) and block["type"] == "tool_result":
                hidden = base64.b64encode(f"x {planted.github('in base64')} y".encode()).decode()
                block["content"] = (
                    f"DB_PASSWORD={planted.password('env dump')}\n{hidden}\n"
                    f"\x1b[1m{planted.github('colour')}\x1b[0m\n3 passed in 0.1s"
                )
            if isinstance(block, dict) and block["type"] == "text":
                block["text"] = f"I wrote {planted.github('answer')} to the file. All tests pass."
    made[1]["message"]["content"].insert(
        0, {"type": "thinking", "thinking": f"it is {planted.github('thinking')}", "signature": "s"}
    )
    made.append({"type": "summary", "summary": f"about {planted.github('title')}", "leafUuid": "x"})
    rows = [json.dumps(row).encode() for row in made]
    rows.insert(2, b'{"type": "user", "broken": "' + planted.github("broken line").encode())
    place.write_bytes(b"".join(row + b"\n" for row in rows))


def plant_plain_sessions(folder: Path, planted: Planted) -> None:
    """Write sessions of several requests: some are held out, and asked by suites."""
    for number, word in enumerate(("sort the ledger", "mend the parser", "trim the index")):
        write_session(folder, f"p{number}", 4, f"{word} with {planted.github(word)}")


def plant_others(folder: Path, planted: Planted) -> None:
    (folder / "junit.xml").write_text(
        '<testsuite name="t" tests="1" failures="1"><testcase classname="a" name="test_x">'
        f'<failure message="token {planted.github("test message")}">'
        f"{planted.github('test text')}</failure></testcase></testsuite>"
    )
    comment = {
        "action": "created",
        "issue": {"number": 1, "title": f"leak {planted.github('issue title')}", "state": "open",
                  "user": {"login": "u"}, "html_url": "https://github.com/a/b/issues/1",
                  "url": "https://api.github.com/repos/a/b/issues/1"},
        "comment": {"id": 1, "body": f"use {planted.github('comment')}", "user": {"login": "u"},
                    "created_at": "2026-03-01T10:00:00Z", "html_url": "https://github.com/a/b"},
        "repository": {"full_name": "a/b"},
    }  # fmt: skip
    (folder / "webhook.json").write_text(json.dumps(comment))
    said = [{"role": "user", "content": f"use {planted.github('row of others')}"},
            {"role": "assistant", "content": "Done."}]  # fmt: skip
    (folder / "rows.jsonl").write_text(json.dumps({"messages": said}) + "\n")


def plant_commits(repo: Repository, planted: Planted) -> None:
    repo.commit(
        f"add {planted.github('commit message')}\n\nSigned-off-by: {planted.mailbox('trailer')}",
        CLAUDE__md=f"the key is {planted.github('instructions')}\n",
        plan__md=f"# Plan\n\npassword: {planted.password('plan')}\n",
    )


class Run:
    """Everything that was said, and the folders that were written."""

    def __init__(self, root: Path, planted: Planted, repository: Path) -> None:
        self.root = root
        self.planted = planted
        self.repository = repository
        self.workspace = root / "workspace"
        self.said: list[tuple[str, bytes]] = []
        self._n_places = 0

    def ask(self, capfd: pytest.CaptureFixture[str], *arguments: str) -> int:
        try:
            code = call([*arguments, "--workspace", str(self.workspace)])
        except Exception:  # noqa: BLE001 - the traceback is what is looked at
            self.said.append((f"traceback of {arguments}", traceback.format_exc().encode()))
            code = -1
        out, err = capfd.readouterr()
        self.said.append((" ".join(arguments), (out + err).encode()))
        return code

    def ids(self, capfd: pytest.CaptureFixture[str], noun: str) -> list[str]:
        call([noun, "list", "--jsonl", "--workspace", str(self.workspace)])
        rows = map(json.loads, capfd.readouterr().out.splitlines())
        return [row.get("id") or row["name"] for row in rows]

    def new_place(self) -> Path:
        """Return a place for an export where nothing is yet."""
        self._n_places += 1
        return self.root / "out" / f"{self._n_places}.json"

    def say(self, place: str, data: bytes) -> None:
        """Keep what went out in another way."""
        self.said.append((place, data))

    def everything(self) -> Iterator[tuple[str, bytes]]:
        yield from self.said
        for folder in (self.workspace, self.root / "out"):
            for path in sorted(folder.rglob("*")):
                if path.is_file() and not path.is_relative_to(self.workspace / "vault"):
                    yield str(path.relative_to(self.root)), path.read_bytes()
                    yield str(path.relative_to(self.root)), b"".join(contents(path))

    def survivors(self) -> list[tuple[str, str]]:
        wanted = [(place, form) for place, s in self.planted.of.items() for form in forms(s)]
        return sorted(
            {(place, where) for where, data in self.everything() for place, form in wanted
             if form in data}
        )  # fmt: skip


def contents(path: Path) -> Iterator[bytes]:
    """Yield what a file says that packs its bytes."""
    if path.suffix == ".parquet":
        yield repr(pq.read_table(path).to_pylist()).encode()
    elif path.suffix == ".sqlite":
        with sqlite3.connect(path) as database:
            for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type='table'"):
                yield repr(database.execute(f'SELECT * FROM "{table}"').fetchall()).encode()
