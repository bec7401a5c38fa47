"""What became of a piece of work, from what the record itself proves.

The first rule that holds decides:

| what is known                                                     | outcome   | sure      |
|-------------------------------------------------------------------|-----------|-----------|
| every commit was reverted: in a day, in a week, later             | failed    | .95 .85 .7|
| some commits were reverted                                        | partial   | .7        |
| others rewrote nearly all of its lines within a week              | partial   | .5        |
| the log states that the task was solved, or that it was not       | achieved, failed | .9 |
| a person said to leave it, and nothing came after                 | abandoned | .9        |
| a person took back all edits; or the last ones                    | failed, partial | .8 .6 |
| committed, edited on or asked for more, then stopped by a person  | partial   | .5        |
| committed, but the last tests failed                              | partial   | .6        |
| committed, then a person said that it is wrong                    | partial   | .5        |
| shown done, then the log breaks off within a further request      | partial   | .5        |
| committed, last tests passed; and it stood for a week             | achieved  | .9 .95    |
| committed, tests unknown; and it stood for a week                 | achieved  | .75 .8    |
| git said committed, nowhere to look, tests failed or said wrong   | partial   | .5        |
| git said committed, nowhere to look, not pushed, no tests since   | partial   | .5        |
| git said committed, nowhere to look, last tests passed            | achieved  | .8        |
| git said committed, nowhere to look, tests unknown                | achieved  | .65       |
| a person stopped the agent last, after lint, build or types passed| partial   | .4        |
| a person stopped the agent last, and no tests had passed          | abandoned | .6        |
| last tests failed, while the last lint, build or type check passed| partial   | .55       |
| last tests failed                                                 | failed    | .7        |
| last tests passed, then refused, stopped or said to be wrong      | partial   | .5        |
| last tests passed, and the last word was praise                   | achieved  | .75       |
| last tests passed                                                 | achieved  | .6        |
| a pull request was opened after the last edit, nowhere to look    | achieved  | .5        |
| tests unknown, the last build or type check failed                | failed    | .6        |
| the last word about edited files was praise                       | achieved  | .55       |
| tests unknown, the last lint, build or type check passed          | achieved  | .5        |
| a person said that what was edited is wrong, nothing edited since | partial   | .4        |
| a program, run again after the last edit, said something else     | achieved  | .5        |
| a program, run after the last edit, told of no error              | achieved  | .4        |
| nothing was edited, and the last word was praise                  | achieved  | .5        |
| a chat that shows no calls was praised, and no fault found since  | achieved  | .4        |
| the log states that a person was content, or was not              | achieved, failed | .55 |
| a chat that shows no calls was praised, then said to be wrong     | partial   | .4        |
| every edit that was tried failed, and the agent gave it up        | failed    | .4        |
| a command was itself what a person had asked for, and ended well  | achieved  | .4        |
| an earlier request was shown done, what came since is told        | achieved  | .35       |
| anything else                                                     | unknown   | 0         |

A commit is reverted by one that says so, or that changes back what it changed, times how sure that
is; what the work takes back by itself counts only where nothing else of it stands. Tests count
only if no edit of code came after them. A commit counts through its link, times the link's
sureness, so work that only might have been committed is unsure. A printed hash that a known
repository does not hold counts for nothing. Silence proves nothing, and a refused call is a
person's choice, not a failure of the work. Who praised and then only asks has not taken the
praise back. What was praised before a person went on stays shown, whatever was made since, and so
does what was checked, until somebody finds fault; what is only told since counts neither way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from tracemill.label.outcomes.evidence import Evidence
from tracemill.records.work.episodes import Outcome

RULES_NAME: Final = "outcome"
"""What the rules are called in the stamps of episodes."""
_DAYS_OF_A_WEEK: Final = 7
_HARDLY_ANY: Final = 0.1


class Rule(NamedTuple):
    """One line of the table."""

    outcome: Outcome
    confidence: Callable[[Evidence], float]
    reason: str
    """What proves it, in words that hold nothing of the content."""
    holds: Callable[[Evidence], bool]


def _always(confidence: float) -> Callable[[Evidence], float]:
    return lambda _: confidence


def _committed(confidence: float) -> Callable[[Evidence], float]:
    return lambda e: e.sureness * (confidence + 0.05 * e.has_survived)


def _undone(evidence: Evidence) -> float:
    days, sureness = evidence.days_until_undone, evidence.undone_sureness
    if days is None or days > _DAYS_OF_A_WEEK:
        return 0.7 * sureness
    return (0.95 if days <= 1 else 0.85) * sureness


def _is_committed(evidence: Evidence) -> bool:
    return bool(evidence.commits) or evidence.is_said_to_be_committed


def _fails(evidence: Evidence) -> bool:
    return evidence.tests is False or evidence.build is False


def _goes_on(evidence: Evidence) -> bool:
    return evidence.has_edits_after_commit or evidence.has_request_after_commit


def _is_passed(evidence: Evidence) -> bool:
    told = [passed for passed in (evidence.lint, evidence.build) if passed is not None]
    return evidence.has_edits and bool(told) and all(told)


def _is_checked(evidence: Evidence) -> bool:
    is_wrong = evidence.is_stopped or evidence.is_wrong_after_checks
    return _is_passed(evidence) and not is_wrong


def _is_rewritten(evidence: Evidence) -> bool:
    return evidence.kept_week is not None and evidence.kept_week <= _HARDLY_ANY


RULES: Final = (
    Rule(
        "failed",
        _undone,
        "every commit of the work was reverted",
        lambda e: e.n_undone > 0 and not e.n_standing,
    ),
    Rule(
        "partial",
        lambda e: 0.7 * e.undone_sureness,
        "some commits of the work were reverted",
        lambda e: e.n_undone > 0,
    ),
    Rule(
        "partial",
        _always(0.5),
        "committed, but others rewrote nearly all of its lines within a week",
        _is_rewritten,
    ),
    Rule(
        "achieved",
        _always(0.9),
        "the log states that the task was solved",
        lambda e: e.solved is True,
    ),
    Rule(
        "failed",
        _always(0.9),
        "the log states that the task was not solved",
        lambda e: e.solved is False,
    ),
    Rule(
        "abandoned",
        _always(0.9),
        "a person said to leave it, and nothing came after",
        lambda e: e.is_given_up,
    ),
    Rule(
        "failed",
        _always(0.8),
        "a person took back all that was edited",
        lambda e: e.is_taken_back and not e.n_edits_left,
    ),
    Rule(
        "partial",
        _always(0.6),
        "a person took back what was edited last",
        lambda e: e.is_taken_back,
    ),
    Rule(
        "partial",
        _always(0.5),
        "committed, edited on or asked for more, then stopped by a person",
        lambda e: _is_committed(e) and e.is_stopped and _goes_on(e),
    ),
    Rule(
        "partial",
        _always(0.6),
        "committed, but the last tests failed",
        lambda e: bool(e.commits) and e.tests is False,
    ),
    Rule(
        "partial",
        _always(0.5),
        "committed, then a person said that it is wrong",
        lambda e: bool(e.commits) and e.is_wrong_after_commit,
    ),
    Rule(
        "partial",
        _always(0.5),
        "shown done, then the log breaks off within a further request",
        lambda e: e.is_left_open and (_is_committed(e) or not _fails(e)),
    ),
    Rule(
        "achieved",
        _committed(0.9),
        "committed, and the last tests passed",
        lambda e: bool(e.commits) and e.tests is True,
    ),
    Rule(
        "achieved",
        _committed(0.75),
        "committed; whether tests passed is not known",
        lambda e: bool(e.commits),
    ),
    Rule(
        "partial",
        _always(0.5),
        "git said committed, but tests failed or a person said that it is wrong",
        lambda e: e.is_said_to_be_committed and (e.tests is False or e.is_wrong_after_commit),
    ),
    Rule(
        "partial",
        _always(0.5),
        "git said committed, and what was committed could not be pushed",
        lambda e: e.is_said_to_be_committed and e.is_unpushed,
    ),
    Rule(
        "achieved",
        _always(0.8),
        "git said committed, with no repository to look in, and the last tests passed",
        lambda e: e.is_said_to_be_committed and e.tests is True,
    ),
    Rule(
        "achieved",
        _always(0.65),
        "git said committed, with no repository to look in",
        lambda e: e.is_said_to_be_committed,
    ),
    Rule(
        "partial",
        _always(0.4),
        "the last build or checks passed after the last edit, then a person stopped the agent",
        lambda e: e.is_stopped and e.tests is None and _is_passed(e),
    ),
    Rule(
        "abandoned",
        _always(0.6),
        "a person stopped the agent last; nothing was committed, and no tests had passed",
        lambda e: e.is_stopped and e.tests is not True,
    ),
    Rule(
        "partial",
        _always(0.55),
        "the last tests failed, while the last lint, build or type check passed",
        lambda e: e.tests is False and _is_checked(e),
    ),
    Rule("failed", _always(0.7), "the last tests failed", lambda e: e.tests is False),
    Rule(
        "partial",
        _always(0.5),
        "the last tests passed, then a person refused it, stopped it or said that it is wrong",
        lambda e: e.tests is True and e.is_wrong_after_tests,
    ),
    Rule(
        "achieved",
        _always(0.75),
        "the last tests passed after the last edit, and a person was content",
        lambda e: e.tests is True and e.is_accepted,
    ),
    Rule(
        "achieved",
        _always(0.6),
        "the last tests passed after the last edit",
        lambda e: e.tests is True,
    ),
    Rule(
        "achieved",
        _always(0.5),
        "a pull request was opened after the last edit, with no repository to look in",
        lambda e: e.is_offered,
    ),
    Rule(
        "failed",
        _always(0.6),
        "the last build or type check failed",
        lambda e: e.build is False,
    ),
    Rule(
        "achieved",
        _always(0.55),
        "a person was content with what was edited",
        lambda e: e.is_accepted,
    ),
    Rule(
        "achieved",
        _always(0.5),
        "the last lint, build or type check passed after the last edit; no tests are known",
        _is_checked,
    ),
    Rule(
        "partial",
        _always(0.4),
        "a person said that what was edited is wrong, and nothing was edited since",
        lambda e: e.is_left_wrong,
    ),
    Rule(
        "achieved",
        _always(0.5),
        "a program that was run again after the last edit said something else, and no error",
        lambda e: e.is_rerun and not e.is_stopped and not e.is_wrong_after_checks,
    ),
    Rule(
        "achieved",
        _always(0.4),
        "a program that was run after the last edit told of no error",
        lambda e: e.is_run and not e.is_stopped and not e.is_wrong_after_checks,
    ),
    Rule(
        "achieved",
        _always(0.5),
        "a person was content, and nothing was edited",
        lambda e: e.is_thanked,
    ),
    Rule(
        "achieved",
        _always(0.4),
        "a person was content with what was talked through, in a log that shows no calls",
        lambda e: e.is_approved,
    ),
    Rule(
        "achieved",
        _always(0.55),
        "the log states that a person was content",
        lambda e: e.liked is True,
    ),
    Rule(
        "failed",
        _always(0.55),
        "the log states that a person was not content",
        lambda e: e.liked is False,
    ),
    Rule(
        "partial",
        _always(0.4),
        "a person was content, then said that it is wrong, in a log that shows no calls",
        lambda e: e.is_approved_then_wrong,
    ),
    Rule(
        "failed",
        _always(0.4),
        "every edit that was tried failed, and the agent gave it up",
        lambda e: e.is_unmade,
    ),
    Rule(
        "achieved",
        _always(0.4),
        "a command was itself what a person had asked for, and ended well",
        lambda e: e.is_done_as_asked,
    ),
    Rule(
        "achieved",
        _always(0.35),
        "an earlier request was shown done; what came since is told alone",
        lambda e: e.is_shown_before,
    ),
)
"""The first that holds decides."""

UNKNOWN: Final = Rule(
    "unknown", _always(0.0), "nothing in the record proves how it ended", lambda _: True
)


def judge(evidence: Evidence) -> Rule:
    """Return the rule that decides."""
    return next((rule for rule in RULES if rule.holds(evidence)), UNKNOWN)
