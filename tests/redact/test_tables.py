"""A table hides none that begins below its head, and numbers of things stay in their columns."""

from __future__ import annotations

import pytest

from tests.redact.templates import fill
from tracemill.redact import Redactor

PASSWORD = fill("q7{alnum:16}")
BELOW = {
    "another table": "name,phone\nada,030 1708372\nuser,password\nada,{}",
    "an import": "from models import Account, User\nimport x\nuser,password\nada,{}",
    "a sentence": "call me on my phone, please\nname,password\nada,{}",
    "other marks": "id,phone\n1,555\n| name | password |\n|---|---|\n| ada | {} |",
    "a row that reads like a head": "user,password\nada,secret\nbob,{}",
    "rows that end like names": "user,password\n" + "ada,ada-4711-secret\n" * 9 + "bob,{}",
    "many heads": "name,phone\n" * 9 + "name,password\nada,{}",
    "a dump": "COPY t (id, phone) FROM stdin;\n1\t555\n\\.\nCOPY u (id, password) FROM stdin;\n1\t{}",
    "a dump without an end": "COPY t (id, tel) FROM stdin;\nCOPY u (id, password) FROM stdin;\n1\t{}",
    "a dump that is spoken of": "x from stdin: COPY u (id, password) FROM stdin;\n1\t{}",
}
COUNTS = {
    "shares": "desktop,mobile\n45.123456,54.876544",
    "a share": "page,mobile\na,0.1234567",
    "thousands": "page,mobile\na,123.456.78",
    "sizes": "desktop,mobile,tablet\n1048576,2097152,300",
    "cells": "cell,count\n1234567,3",
    "arguments": "def call(self, mobile, count):\n    foo(self, 1048576, 7)",
    "an insert": "INSERT INTO stats (page, mobile) VALUES ('a', '1048576')",
    "sines": "x,sin,cos\n1,0.46454286,0.88555121\n2,-0.46454286,-0.88555121",
    "a sine": "x,sin\n1,0.46454286",
    "cells of a grid": "grid_number,n\n046454286,1\n123456782,2",
    "bids": "bid_number,n\n046454286,1\n123456782,2",
    "short identities": "id_no,n\n12345678,1\n12345674,2\n12345679,3\n76543212,4",
}
LISTED = {
    "mobile,name\n91234567 8,Ada": "91234567 8",
    "mobile,name\n0151.47270511,Ada": "0151.47270511",
    "mobile,name\n555-1234,Ada": "555-1234",
    "phone,name\n91234567,Ada": "91234567",
    "sin,name\n046.454.286,Ada": "046.454.286",
    "national_id,name\n12.345.678-5,Ada": "12.345.678-5",
    "customerIDNumber,name\n44051401359,Ada": "44051401359",
}


@pytest.mark.parametrize("form", BELOW.values(), ids=BELOW)
def test_a_head_is_seen_below_other_heads(form: str, redactor: Redactor) -> None:
    redacted = redactor.text(form.format(PASSWORD))

    assert PASSWORD not in redacted
    assert redactor.text(redacted) == redacted


@pytest.mark.parametrize("text", COUNTS.values(), ids=COUNTS)
def test_a_number_of_things_stays(text: str, redactor: Redactor) -> None:
    assert redactor.text(text) == text


@pytest.mark.parametrize("text", LISTED)
def test_a_number_that_is_written_like_that_of_a_person_goes(text: str, redactor: Redactor) -> None:
    assert LISTED[text] not in redactor.text(text)


def test_a_dump_is_read_to_its_end(redactor: Redactor) -> None:
    rows = [f"{i}\t{PASSWORD}{i}\n" for i in range(300)]
    dump = "COPY u (id, password) FROM stdin;\n" + "".join(rows) + "\\.\n"

    redacted = redactor.text(dump)

    assert PASSWORD not in redacted
    assert redactor.text(redacted) == redacted
