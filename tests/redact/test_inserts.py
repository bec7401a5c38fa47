"""What is put into a column of secrets goes, and nothing beside it."""

from __future__ import annotations

import pytest

from tests.redact.templates import fill
from tracemill.redact import Redactor

PASSWORD = fill("{word:5}X{digit:4}!")
KEY = fill("{hex:40}")
ROWS = {
    "one row": f"INSERT INTO users (email, password) VALUES ('a@x.example', '{PASSWORD}');",
    "several rows": f"insert into t (id, token) values (1, '{KEY}'),\n  (2, NULL),\n  (3, '{KEY}')",
    "names in quotes": f'INSERT INTO "public"."users" ("id", "password") VALUES (1, \'{PASSWORD}\')',
    "names in backticks": f"INSERT INTO `u` (`api_key`, `n`) VALUES ('{KEY}', 'it''s')",
    "a call before": f"REPLACE INTO u (at, passwd) VALUES (now(), N'{PASSWORD}')",
    "on its own lines": f"INSERT INTO u\n  (name, access_token)\nVALUES\n  ('ci', '{KEY}');",
}
ORDINARY = {
    "parameters": "INSERT INTO users (email, password) VALUES (?, :password)",
    "a hash made there": "INSERT INTO u (n, password) VALUES ('a', crypt('x', gen_salt('bf')))",
    "another column": f"INSERT INTO commits (id, sha) VALUES (1, '{KEY}')",
    "a row that is longer": f"INSERT INTO u (password) VALUES ('none', '{KEY}')",
    "words": "INSERT INTO settings (key, token) VALUES ('a', 'required')",
    "a copy of a table": f"INSERT INTO u (password) SELECT p FROM v WHERE id = '{KEY}'",
}


@pytest.mark.parametrize("text", ROWS.values(), ids=ROWS)
def test_what_is_put_into_a_column_of_secrets_goes(text: str, redactor: Redactor) -> None:
    redacted = redactor.text(text)

    assert PASSWORD not in redacted
    assert KEY not in redacted
    assert redacted.count("[SECRET:secret-in-insert:") == text.count(PASSWORD) + text.count(KEY)


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_what_is_put_elsewhere_stays(text: str, redactor: Redactor) -> None:
    assert redactor.text(text) == text
