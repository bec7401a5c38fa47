"""A secret that one text gives away goes wherever its record holds it."""

from __future__ import annotations

import msgspec
import pytest

from tests.redact.conftest import KEY
from tests.redact.templates import fill
from tracemill.records.refs import Span
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult
from tracemill.redact import Redactor, may_hold
from tracemill.redact.copies import is_unmistakable

PASSWORD = fill("{alnum:14}!")
SLACK = fill("xoxb-{digit:12}-{alnum:24}")
REDACTOR = Redactor(KEY)


def step(command: str, content: str, text: str = "") -> Step:
    call = ToolCall(id="c", name="Bash", arguments={"command": command})
    result = ToolResult(call_id="c", content=content)
    span = Span(start=0, end=1)
    return Step(
        trajectory_id="t", index=0, speaker="agent", text=text, calls=(call,), results=(result,),
        span=span,
    )  # fmt: skip


def test_a_secret_goes_wherever_its_record_holds_it_and_nowhere_else() -> None:
    giving = step(f"export DB_PASSWORD='{PASSWORD}'", f"app with {PASSWORD} to main", PASSWORD)
    other = msgspec.structs.replace(giving, calls=(), results=())

    redaction = REDACTOR.redact([giving, other, giving])

    first, second, third = redaction.records
    token = first.calls[0].arguments["command"].split("'")[1]
    assert token.startswith("[SECRET:assigned-secret:")
    assert (first.text, first.results[0].content) == (token, f"app with {token} to main")
    assert second is other
    assert third == first
    assert [finding.where for finding in redaction.findings] == 2 * [
        "text",
        "calls[0].arguments.command",
        "results[0].content",
    ]


def test_a_record_that_holds_it_once_is_told_once() -> None:
    redaction = REDACTOR.redact([step(f"export DB_PASSWORD='{PASSWORD}'", "done")])

    assert [finding.where for finding in redaction.findings] == ["calls[0].arguments.command"]


@pytest.mark.parametrize(
    ("value", "elsewhere"),
    [
        (fill("{alnum:14}!"), fill("{alnum:14}!") + "x9z"),
        (fill("{hex:40}"), fill("{hex:40}")),
        (fill("{word:4}7!"), fill("{word:4}7!")),
    ],
    ids=["part-of-a-word", "looks-like-a-commit", "short"],
)
def test_what_may_be_another_thing_elsewhere_stays_there(value: str, elsewhere: str) -> None:
    text = f"--db-password='{value}' psql; echo {elsewhere}"

    redacted = REDACTOR.text(text)

    assert redacted.startswith("--db-password='[SECRET:")
    assert redacted.endswith(f" {elsewhere}")


def test_an_id_that_names_values_is_no_copy_of_a_secret() -> None:
    row = fill("{hex:16}")
    text = f'token: {row}\n{{"{row}": {{"count": 2}}}}'

    redacted = REDACTOR.text(text)

    assert redacted.startswith("token: [SECRET:")
    assert redacted.endswith(f'{{"{row}": {{"count": 2}}}}')


def test_copies_are_located_where_they_stood() -> None:
    text = f"DB_PASSWORD='{PASSWORD}' and {PASSWORD}"

    (located,) = REDACTOR.locate([text])

    assert [text[found.start : found.end] for found in located.found] == [PASSWORD, PASSWORD]
    assert located.text == REDACTOR.text(text)


def test_copies_are_looked_at_as_they_will_be_redacted() -> None:
    giving = step(f"export DB_PASSWORD='{PASSWORD}'", f"app with {PASSWORD} to main")

    seen = REDACTOR.look([giving])

    assert [each.where for each in seen] == ["calls[0].arguments.command", "results[0].content"]


def test_values_that_others_gave_away_go_as_well() -> None:
    giving = step(f"export DB_PASSWORD='{PASSWORD}{PASSWORD}'", "done")
    holding = step("", f"app with {PASSWORD}{PASSWORD}")
    redactor = Redactor(KEY)
    first = redactor.redact([giving, holding])

    redactor.know(given.value for given in first.secrets)
    second = redactor.redact([giving, holding])

    assert [given.record for given in first.secrets] == [0]
    assert first.records[1] is holding
    assert second.records[0] == first.records[0]
    assert second.records[1].results[0].content.startswith("app with [SECRET:known-secret:")
    assert {given.value for given in second.secrets} == {given.value for given in first.secrets}


def test_what_is_allowed_is_known_to_nobody() -> None:
    secret = fill("{alnum:24}")
    text = f"export DB_PASSWORD='{secret}'"
    token = REDACTOR.text(text).split("'")[1]
    allowing = Redactor(KEY, allowed=[token])

    allowing.know([secret.encode()])

    assert allowing.text(text) == text


def test_many_values_are_found_as_few_are() -> None:
    secrets = [fill(f"{{alnum:24}}{number:03}") for number in range(40)]
    texts = [f"so {secret} it is" for secret in secrets]
    many, few = Redactor(KEY), Redactor(KEY)
    many.know(secret.encode() for secret in secrets)
    few.know([secrets[7].encode()])

    assert all("[SECRET:known-secret:" in many.text(text) for text in texts)
    assert few.text(texts[7]) == many.text(texts[7])
    assert many.text("nothing of it") == "nothing of it"


@pytest.mark.parametrize(
    "value",
    [
        fill("{hex:40}"),
        fill("{hex:16}"),
        fill("{uuid}"),
        "internationalization-1",
        "postgres1234",
        "src/tracemill/redact2",
        "2026-11-21T10:00:00Z",
        fill("{alnum:11}"),
        fill("{digit:18}"),
        fill("{alnum:12}") + "\n" + fill("{alnum:12}"),
    ],
)
def test_what_others_may_write_by_chance_is_looked_for_in_its_record_alone(value: str) -> None:
    assert not is_unmistakable(value)


@pytest.mark.parametrize("value", [fill("{alnum:24}"), fill("{hex:32}"), "xK9#mQ2$vL7!", SLACK])
def test_what_a_machine_has_drawn_is_the_same_secret_everywhere(value: str) -> None:
    assert is_unmistakable(value)


def test_values_within_values_are_found_among_few_and_among_many() -> None:
    inner, outer = fill("{alnum:20}"), f"x{fill('{alnum:20}')}y{fill('{alnum:20}')}"
    others = [fill(f"{{alnum:24}}{number:03}") for number in range(40)]
    few, many = Redactor(KEY), Redactor(KEY)
    few.know(value.encode() for value in (inner, outer))
    many.know(value.encode() for value in (inner, outer, *others))
    text = f"{outer} {inner} {outer[:-1]} {inner}{inner}"

    assert few.text(text) == many.text(text)
    assert inner not in few.text(text)


def test_of_a_long_list_of_secrets_the_first_thousand_are_looked_for_elsewhere() -> None:
    secrets = [f"{fill('{alnum:20}')}{number:04}" for number in range(1_100)]
    listed = "\n".join(f"password = '{secret}'" for secret in secrets)

    redacted = REDACTOR.text(f"{listed}\nfirst {secrets[0]}\nlast {secrets[-1]}")

    assert redacted.count("[SECRET:") == 1_101
    assert redacted.endswith(f"last {secrets[-1]}")


def test_what_a_rule_found_is_what_stands_there() -> None:
    token = fill("ghp_{alnum:36}")
    text = f"GITHUB_TOKEN='{token}' https://x:{token}@github.com/a/b {token}"

    assert REDACTOR.text(text).count("[SECRET:github-pat:") == 3


SIGNED = "Signed-off-by: Ada Lovelace <ada@lovelace.org>"


def test_a_name_goes_wherever_its_record_holds_it() -> None:
    record = step(
        "git log", f"Author: Ada Lovelace <ada@lovelace.org>\n{SIGNED}", "ask Ada Lovelace"
    )

    redaction = REDACTOR.redact([record])

    person = redaction.records[0].text.removeprefix("ask ")
    assert person.startswith("dev-")
    assert redaction.records[0].results[0].content.count(person) == 2
    assert [given.value for given in redaction.secrets] == [b"Ada Lovelace <ada@lovelace.org>"] * 2


def test_a_known_name_is_the_person_of_its_address() -> None:
    knowing = Redactor(KEY)
    knowing.know([b"Ada Lovelace <ada@lovelace.org>"])

    person = REDACTOR.text(SIGNED).removeprefix("Signed-off-by: ").partition(" <")[0]

    assert knowing.text("as Ada Lovelace wrote") == f"as {person} wrote"
    assert knowing.text("Ada Lovelaces") == "Ada Lovelaces"


AUTHORS = [
    "Ada Lovelace <ada@lovelace.org>",
    "Ada Lovelace <work@analytical.org>",
    "Grace Hopper <grace@hopper.org>",
]
PLACES = [
    "/srv/ada-lovelace/app",
    "/srv/x/adalovelace+dotfiles",
    "/srv/Ada Lovelace",
    "/srv/Ada Lovelace/app",
    "C:\\srv\\Ada Lovelace\\app",
    "git@github.com:adalovelace/app.git",
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("known", [AUTHORS[:1], AUTHORS[1:], AUTHORS])
def test_a_place_is_the_same_whichever_address_of_a_person_a_record_tells(
    place: str, known: list[str]
) -> None:
    knowing = REDACTOR.knowing(author.encode() for author in known)
    records = [step("pwd", f"Author: {author}", place) for author in AUTHORS]

    places = {record.text for record in knowing.redact(records).records}

    assert places == {knowing.text(place)}
    (redacted,) = places
    assert "dev-" in redacted
    assert "ada" not in redacted.lower()
    assert "lovelace" not in redacted.lower()


def test_a_login_in_a_path_has_the_name_of_the_home_folder() -> None:
    knowing = REDACTOR.knowing([AUTHORS[0].encode()])
    home = knowing.text("/home/adalovelace/app").removeprefix("/home/")

    assert knowing.text("/srv/adalovelace/app") == f"/srv/{home}"
    assert knowing.text("/srv/ada.lovelace/app") == f"/srv/{home}"


def test_a_login_that_is_allowed_stays_in_every_place() -> None:
    login = REDACTOR.knowing([AUTHORS[0].encode()]).text("adalovelace")
    allowing = REDACTOR.knowing(map(str.encode, AUTHORS), allowed={login})
    record = step("pwd", f"Author: {AUTHORS[0]}", "/srv/adalovelace/app for Ada Lovelace")

    (redacted,) = allowing.redact([record]).records

    assert redacted.text.startswith("/srv/adalovelace/app for dev-")
    assert login not in redacted.text


@pytest.mark.parametrize(
    "author",
    [
        "dependabot[bot] <support@x.org>",
        "GitHub Actions <ada@x.org>",
        "The Build Team <ada@x.org>",
        "Ada Lovelace <noreply@anthropic.com>",
        "Ada Lovelace <user@example.com>",
        "ada <ada@lovelace.org>",
        "Li Wu <li@wu.org>",
    ],
)
def test_names_of_nobody_and_short_names_are_not_given_away(author: str) -> None:
    redaction = REDACTOR.redact([step("git log", f"Author: {author}")])

    assert redaction.secrets == []


@pytest.mark.parametrize(
    "given",
    [
        pytest.param("pa\ud800ssW0rd9x!", id="a secret"),
        pytest.param("\ud800", id="nothing else"),
        pytest.param("John Tes\ud800terson <john@acme.example>", id="a name"),
        pytest.param("Jo\udce9l <john@acme.example>", id="a name of one word"),
    ],
)
def test_half_a_character_in_a_secret_keeps_nobody_from_looking_for_it(given: str) -> None:
    data = given.encode("utf-8", "surrogatepass")

    assert may_hold([data])(b"it was " + data)
    Redactor(KEY).know([data])


LONG = fill("{alnum:24}").encode()
MARA = b"Mara Quist <mara@quist-works.net>"
MARA_SANDLUND = b"Mara Quist Sandlund <sandlund@quist-works.net>"


@pytest.mark.parametrize(
    ("whole", "part", "rest"),
    [
        (LONG, LONG[:16], b"[SECRET:known-secret:abcdef]" + LONG[16:]),
        (LONG, LONG[8:], LONG[:8] + b"[SECRET:known-secret:abcdef]"),
        (LONG, LONG[4:20], LONG[:4] + b"[SECRET:known-secret:abcdef]" + LONG[20:]),
        (LONG + b'"tail', LONG, b'[SECRET:known-secret:abcdef]\\"tail'),
        (MARA_SANDLUND, MARA, b"by dev-lni6ilbvpt Sandlund"),
        (MARA_SANDLUND, MARA, b"by Sandlund, dev-lni6ilbvpt"),
    ],
)
def test_what_is_left_beside_a_part_that_was_known_is_looked_for(
    whole: bytes, part: bytes, rest: bytes
) -> None:
    assert may_hold([whole], [part, whole])(b"see " + rest)
    assert not may_hold([whole], [whole])(b"see " + rest)
    assert not may_hold([whole], [part, whole])(b"see nothing of them: just work")
