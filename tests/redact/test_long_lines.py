"""In a line of megabytes the same is found, and values too long for a judge cost next to nothing."""

from __future__ import annotations

import pytest

from tests.redact.templates import fill
from tracemill.redact.detectors.roster import all_detectors
from tracemill.redact.line_rules.lines import Candidate, LineDetector, has_endless_line
from tracemill.redact.protocol import CLOSE, MANY, CrowdedError, Match
from tracemill.redact.pseudonyms import Pseudonyms
from tracemill.redact.rules import LineRule, Rules

DETECTORS = {
    each._rule.id: each
    for each in all_detectors(Rules.shipped(), Pseudonyms(bytes(32)))
    if isinstance(each, LineDetector)
}
LONGEST = 8_192
FILLER = b"x " * 40_000
ENDLESS = b"password=" * 10_000
LONE = [rule for rule in Rules.shipped().lines if rule.n_lines == 1]


def found_in(detector: LineDetector, line: bytes, longest: int | None) -> list[Match]:
    """Return what stands in a line, where values may be so long."""
    detector._longest = longest
    detector._known.clear()
    found: list[Match] = []
    detector.find(line, len(line), found)
    return found


@pytest.mark.parametrize("rule", LONE, ids=lambda rule: rule.id)
def test_long_lines_hold_what_short_ones_hold(rule: LineRule) -> None:
    detector = DETECTORS[rule.id]
    longest = detector._longest
    texts = [fill(text).encode() for text in rule.finds]
    line = FILLER + b" ; ".join(texts) + b" " + ENDLESS + b" " + b" ; ".join(texts)

    assert found_in(detector, line, longest) == found_in(detector, line, None)


def test_a_value_that_no_judge_takes_is_passed_over_and_what_follows_is_found() -> None:
    detector = DETECTORS["assigned-bare-secret"]
    longest = detector._longest
    secret = fill("DB_PASS={alnum:22}").encode()
    line = ENDLESS + b" " + secret

    [match] = found_in(detector, line, longest)

    assert line[match.start : match.end] == secret.partition(b"=")[2]


def test_a_crowd_in_a_line_is_given_up_before_any_of_it_is_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    detector = DETECTORS["assigned-secret"]
    judged: list[Candidate] = []
    monkeypatch.setattr(detector, "_judge", judged.append)
    crowd = b'{"name": "token", "value": 1}' * (MANY + 1)

    with pytest.raises(CrowdedError):
        found_in(detector, crowd + FILLER * 10, LONGEST)

    assert judged == []


def test_secrets_less_close_are_all_found_in_a_line_of_megabytes() -> None:
    detector = DETECTORS["assigned-secret"]
    secrets = [fill('password="{alnum:15}7" ', str(i)).encode() for i in range(500)]
    line = b"".join(each + b"x" * (MANY * CLOSE // 250) for each in secrets)

    assert len(found_in(detector, line, LONGEST)) == len(secrets)


def test_what_stands_far_behind_the_word_that_tells_of_it_is_found_in_a_long_line() -> None:
    detector = DETECTORS["command-password"]
    command = fill("mysql {path} -p{alnum:10}7 db").replace("{path}", "-h db " * 20_000)

    assert found_in(detector, command.encode(), detector._longest)


@pytest.mark.parametrize(
    ("longest", "is_endless"), [(2**20 - 1, False), (2**20 + 1, True), (3 * 2**20, True)]
)
@pytest.mark.parametrize("n_before", [0, 1, 700_000, 1_500_000])
def test_an_endless_line_is_seen_wherever_it_stands(
    n_before: int, longest: int, is_endless: bool
) -> None:
    before = b"x\n" * (n_before // 2)
    line = (b"the Key: " * (longest // 8))[:longest]

    assert has_endless_line(before + line + b"\n" + before) is is_endless


@pytest.mark.parametrize(
    "piece", [b"y", b"QUJD", b"u:p@", b'{"id": 12, "name": "Ada"}, ' * 20 + b"a secret "]
)
def test_a_long_line_without_names_of_secrets_is_left_to_hyperscan(piece: bytes) -> None:
    line = piece * (3 * 2**20 // len(piece))

    assert not has_endless_line(line)
    assert has_endless_line(line + b"\n" + b"a token, " * 2**18)
