"""What holds for every text: redacting twice is once, engines agree, texts stand alone."""

from __future__ import annotations

import re

import msgspec
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.redact.conftest import KEY
from tests.redact.strategies import steps, texts, trees
from tracemill.records.refs import Record, Span
from tracemill.records.sessions.trajectory import Step, ToolCall
from tracemill.redact import Redactor
from tracemill.redact.changes import spelled, with_texts
from tracemill.redact.reading import text_at
from tracemill.redact.texts import Texts

RE2 = Redactor(KEY, engine="re2")
STAND_IN = (
    r"\[(?:SECRET|PII):[a-z0-9-]+:[a-z2-7]{6}\]|(?:dev|host)-[a-z2-7]{10}|user-[a-z2-7]{10}@example\.org"
    r"|198\.1[89]\.\d{1,3}\.\d{1,3}|2001:db8:[0-9a-f:]+"
)


def step_with(arguments: object) -> Step:
    call = ToolCall(id="call_1", name="Bash", arguments={"input": arguments})
    return Step(
        trajectory_id="t", index=0, speaker="agent", calls=(call,), span=Span(start=0, end=1)
    )


def texts_of(record: Record) -> Texts[str]:
    found: Texts[str] = Texts()
    found.add(record, 0)
    return found


@given(texts)
@example("$ whoami\nada.lovelaceAda-MacBook-Pro.local")
@example("[user]\nname = Ada Ada-MacBook-Pro.local")
@example("login ada\npassword Ada Lovelace <ada@lovelace.org>")
@example("api_key: |\n  $ printenv API_TOKEN\nUSER=adahunter2")
@example("kind: Secret\ndata:\n  a: AB 12 34 56 C\n  value: Ada-MacBook-Pro.local")
@example("kind: Secret\ndata:\n  a: Ada Lovelace <ada@lovelace.org>")
@example("phone 722-791-2018$ANSIBLE_VAULT;1.1;AES256\n8b0e190aac5f741a757da9a90bb95abb339709ba")
@example("[user]\nname = IBAN DE89370400440532013000")
@example("id,password\nuser.name=Giulia A,Ada-MacBook-Pro.local_")
@example("token,ssn\nS3cr3t!pw,81.2.69.125")
@example("\tphone\t\nsecret\t/home/ada\t\n[SECRET:jwt:q3x7kd]\t\tpassword\n\t\tS3cr3t!pw")
def test_redacting_twice_is_redacting_once(text: str) -> None:
    once = RE2.text(text)

    assert RE2.text(once) == once


@given(st.lists(steps, max_size=4))
@example([step_with({"password": "USER=ada\x80"})])
def test_redacting_records_twice_is_redacting_them_once(records: list[Step]) -> None:
    once = RE2.redact(records).records

    twice = RE2.redact(once)

    assert twice.records == once
    assert all(new is old for new, old in zip(twice.records, once, strict=True))


@given(records=st.lists(steps, max_size=4))
@example(records=[step_with("PASSWORD=password%67%68%70%5f")])
@example(records=[step_with("PASSWORD=hunter2%67%68%70%5f")])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_engines_agree(both: tuple[Redactor, Redactor], records: list[Step]) -> None:
    hyperscan, re2 = both

    assert hyperscan.redact(records) == re2.redact(records)


@given(st.lists(texts, max_size=6))
def test_records_stand_alone(parts: list[str]) -> None:
    together = RE2.redact([step_with(part) for part in parts]).records

    assert [step.calls[0].arguments["input"] for step in together] == list(map(RE2.text, parts))


@given(st.lists(steps, max_size=4))
def test_neither_neighbours_nor_what_was_seen_before_change_anything(records: list[Step]) -> None:
    together = RE2.redact([*records, *records])

    alone = [RE2.redact([record]) for record in (*records, *records)]

    assert together.records == [each.records[0] for each in alone]
    assert together.findings == [finding for each in alone for finding in each.findings]


@given(steps)
@example(step_with("ada@lovelace.org\u00c0noreply@anthropic.com"))
@example(step_with("ada@lovelace.org\u00e9ada@lovelace.org"))
def test_findings_point_at_stand_ins(step: Step) -> None:
    redaction = RE2.redact([step])
    found = texts_of(redaction.records[0])
    where = [spelled(place, redaction.records) for place in found.places]
    told = dict(zip(where, found.texts, strict=True))

    stand_ins = [told[f.where][f.start : f.end] for f in redaction.findings]

    assert all(re.fullmatch(STAND_IN, each) for each in stand_ins)


@given(steps)
def test_every_text_is_found_again_by_how_its_place_is_spelled(step: Step) -> None:
    found = texts_of(step)

    again = [text_at(step, spelled(place, [step])) for place in found.places]

    assert again == found.texts


@given(st.lists(steps, max_size=4))
def test_records_still_encode_and_decode(records: list[Step]) -> None:
    redacted = RE2.redact(records).records

    encoded = msgspec.json.encode(redacted)

    assert msgspec.json.decode(encoded, type=list[Step]) == redacted


@given(steps)
def test_its_own_texts_put_back_give_the_same_record(record: Step) -> None:
    found = texts_of(record)

    put_back = with_texts([record], zip(found.places, found.texts, strict=True))

    assert put_back.get(0, record) == record


@given(trees)
def test_every_text_has_a_place_of_its_own(tree: object) -> None:
    record = step_with(tree)
    found = texts_of(record)
    numbered = [f"text number {i}" for i in range(len(found.texts))]

    changed = with_texts([record], zip(found.places, numbered, strict=True))

    assert texts_of(changed.get(0, record)).texts == numbered


def test_a_finding_in_a_key_below_a_key_that_changes_is_found_again() -> None:
    record = step_with({"Ada-MacBook-Pro.local": {"phone 722-791-2018": None}})
    redaction = RE2.redact([record])
    found = texts_of(redaction.records[0])
    where = {spelled(place, redaction.records) for place in found.places}

    assert {finding.where for finding in redaction.findings} <= where
