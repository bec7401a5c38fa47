"""Scorers are tested before they test: replies that each must accept, and replies it must reject.

A measure that accepts what is wrong is worse than none. `prove` can be pointed at any measure;
`tracemill model suite prove` prints what it says of ours, and of two that were once trusted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from tracemill.evaluate.building import make_case
from tracemill.evaluate.handing_over import handed_things
from tracemill.evaluate.scorers import SCORERS, Scorer
from tracemill.llm import Answer
from tracemill.llm.protocol import CallFault, spoken
from tracemill.records.datasets.examples import Message
from tracemill.records.models.evaluations import (
    ArgumentMatch,
    Case,
    CheckKind,
    Fault,
    WantedArgument,
    WantedCall,
)

_LONG_ENOUGH: Final = 40
"""Characters from which `_by_length` takes any reply for a good one."""


class Proof(NamedTuple):
    """A reply to a case, and whether it is right."""

    case: Case
    """A case with one check."""
    says: str
    """What the reply does."""
    answer: Answer
    is_right: bool

    @property
    def check(self) -> CheckKind:
        """What is looked at."""
        return self.case.checks[0]


class Verdict(NamedTuple):
    """What a measure made of a proof."""

    proof: Proof
    is_caught: bool
    """Whether the measure says what is true of the reply."""


def _reply(text: str = "", *calls: tuple[str, Mapping[str, Any]], fault: str = "") -> Answer:
    made = [{"name": name, "arguments": dict(arguments)} for name, arguments in calls]
    faults: tuple[CallFault, ...] = ("not_json",) if fault else ()
    return Answer(message=spoken(text, made), faults=faults)


def _right(case: Case, says: str, answer: Answer) -> Proof:
    return Proof(case, says, answer, is_right=True)


def _wrong(case: Case, says: str, answer: Answer) -> Proof:
    return Proof(case, says, answer, is_right=False)


def _call(name: str, match: ArgumentMatch = "exact", **arguments: Any) -> WantedCall:
    wanted = {key: WantedArgument(values=(v,), match=match) for key, v in arguments.items()}
    return WantedCall(name=name, arguments=wanted)


def _case(check: CheckKind, *wanted: WantedCall, **more: Any) -> Case:
    asked = Message(role="user", content="Which tests fail in the billing service?")
    made = Case(id="", messages=(asked,), wanted=wanted, checks=(check,), group="proof", **more)
    return make_case(made)


_LONG: Final = "To find that out I would call run_tests on services/billing and read its result."
_TESTS: Final[Mapping[str, Any]] = {"path": "services/billing", "limit": 5}
_ANSWER: Final = _case("decision")
_CALL: Final = _case("decision", _call("run_tests", **_TESTS))
_TOOL: Final = _case("tool", _call("run_tests", **_TESTS))
_TWO: Final = _case("order", _call("read_file", path="a.py"), _call("run_tests", path="a.py"))
_ARGUMENTS: Final = _case("arguments", _call("run_tests", **_TESTS))
_COMMAND: Final = _case("arguments", _call("shell", "shell", command="git diff -- src/app.py"))
_CODE: Final = _case("arguments", _call("run", "python", code="print(total + 1)"))
_PATH: Final = _case("arguments", _call("read_file", "path", path="src/app.py"))
_CARRIED: Final = _case(
    "earlier_result", _call("read_file", path="src/ledger.py", why="it fails"), carried=("path",)
)
_FIELDS: Final = _case("fields", _call("run", code="r.errors"), fields=("errors", "file"))
_FAILED: Final = _case(
    "recovery", _call("list_files", path="services"), failed=_call("read_file", path="billing.py")
)
_STOP: Final = _case("stop")
_CHOICE: Final = _case("choice", choice="B")
_EDIT: Final = _case(
    "edit_place", _call("edit", path="src/app.py", old="1", new="2"), files=("src/app.py",)
)
_CHECKED: Final = _case(
    "validation", _call("shell", command="cd billing && go test ./..."), programs=("go test",)
)
_LOOKED_UP: Final = _case("by_meaning", _call("find_definition", symbol="Ledger"))
_ASKING: Final = _case("conduct", rule="asks_back")
_HANDED: Final = _case(
    "hand_over",
    handed=handed_things(
        "Next steps:\n- [ ] teach the parser negative totals\n- round tax in `src/tax.py`\n"
        "- run `pytest tests/billing` again\n"
    ),
)


def _proofs() -> Iterator[Proof]:
    yield _right(_CALL, "calls", _reply("", ("run_tests", _TESTS)))
    yield _wrong(_CALL, "only names the tool", _reply(_LONG))
    yield _wrong(_CALL, "writes a call nobody can read", _reply("", fault="x"))
    yield _right(_ANSWER, "answers", _reply("None, as far as I can see."))
    yield _wrong(_ANSWER, "calls", _reply(_LONG, ("run_tests", _TESTS)))
    yield _wrong(_ANSWER, "says nothing", _reply(" "))
    yield _right(_TOOL, "calls it with other values", _reply("", ("run_tests", {})))
    other = ("read_file", {"path": "run_tests"})
    yield _wrong(_TOOL, "names it in another one's value", _reply("", other))
    both = (("run_tests", _TESTS), ("read_file", {"path": "a.py"}))
    yield _wrong(_TOOL, "calls another one too", _reply("", *both))
    yield _right(_ARGUMENTS, "gives all", _reply("", ("run_tests", _TESTS)))
    for says, arguments in (
        ("gives a number as text", {**_TESTS, "limit": "5"}),
        ("gives true for a number", {"path": "services/billing", "limit": True}),
        ("leaves one out", {"limit": 5}),
        ("invents one", {**_TESTS, "verbose": True}),
        ("drops the slash", {**_TESTS, "path": "servicesbilling"}),
    ):
        yield _wrong(_ARGUMENTS, says, _reply(_LONG, ("run_tests", arguments)))
    yield from _compared()
    yield from _ordered()
    yield from _skilled()
    yield from _handing()


def _compared() -> Iterator[Proof]:
    same = ("shell", {"command": "git  diff -- 'src/app.py'"})
    yield _right(_COMMAND, "quotes otherwise", _reply("", same))
    unlike = ("shell", {"command": "git diff -- src/App.py"})
    yield _wrong(_COMMAND, "names another file", _reply("", unlike))
    spaced = ("run", {"code": "print( total+1 )  # one more"})
    yield _right(_CODE, "spaces otherwise", _reply("", spaced))
    wrong = ("run", {"code": "print(total + 10)"})
    yield _wrong(_CODE, "adds another number", _reply("", wrong))
    dotted = ("read_file", {"path": "./src/app.py"})
    yield _right(_PATH, "begins with a dot", _reply("", dotted))
    carried = ("read_file", {"path": "src/ledger.py", "why": "to see"})
    yield _right(_CARRIED, "uses the result", _reply("", carried))
    guessed = ("read_file", {"path": "src/billing.py", "why": "it fails"})
    yield _wrong(_CARRIED, "guesses", _reply("src/ledger.py", guessed))
    reads = ("run", {"code": "for e in r.errors:\n    print(e['file'])"})
    yield _right(_FIELDS, "reads both", _reply("", reads))
    comments = ("run", {"code": "# r.errors, e.file\nprint('errors file', r)"})
    yield _wrong(_FIELDS, "names them in a comment", _reply("", comments))


def _ordered() -> Iterator[Proof]:
    read, test = ("read_file", {"path": "a.py"}), ("run_tests", {"path": "a.py"})
    yield _right(_TWO, "keeps the order", _reply("", read, test))
    yield _wrong(_TWO, "turns it round", _reply("", test, read))
    looks = ("list_files", {"path": "."})
    yield _right(_FAILED, "looks where the file is", _reply("", looks))
    again = ("read_file", {"path": "billing.py"})
    yield _wrong(_FAILED, "does the same again", _reply(_LONG, again))
    yield _wrong(_FAILED, "gives up", _reply(_LONG + " list_files"))
    yield _right(_STOP, "says what it found", _reply("Two tests fail."))
    yield _wrong(_STOP, "goes on", _reply("Two tests fail.", read))
    defined = ("find_definition", {"symbol": "Ledger"})
    yield _right(_LOOKED_UP, "looks it up", _reply("", defined))
    grep = ("shell", {"command": "cd src && grep -rn 'class Ledger' ."})
    yield _wrong(_LOOKED_UP, "searches texts by a command", _reply("find_definition", grep))
    yield _right(_ASKING, "asks what is meant", _reply("Which service, and since when?"))
    yield _wrong(_ASKING, "goes ahead", _reply("Done. `ok?` is what it says now."))


def _skilled() -> Iterator[Proof]:
    yield _right(_CHOICE, "gives the letter", _reply("**Answer: B.**"))
    yield _wrong(_CHOICE, "gives another letter", _reply("A"))
    yield _wrong(_CHOICE, "gives two", _reply("A\nB"))
    yield _wrong(_CHOICE, "talks of it", _reply("B is about the tests, as I said above."))
    there = ("edit", {"path": "./src/app.py", "old": "3", "new": "4"})
    elsewhere = ("edit", {"path": "tests/app.py", "old": "1", "new": "2"})
    yield _right(_EDIT, "edits the file otherwise", _reply("", there))
    yield _wrong(_EDIT, "edits another file", _reply("src/app.py", elsewhere))
    yield _wrong(_EDIT, "edits another file too", _reply("", there, elsewhere))
    yield _wrong(_EDIT, "only looks at the file", _reply("", ("read", {"path": "src/app.py"})))
    narrow = ("shell", {"command": "go test -run Sum ./billing 2>&1 | tail -5"})
    yield _right(_CHECKED, "runs some of the tests", _reply("", narrow))
    yield _wrong(_CHECKED, "builds", _reply("", ("shell", {"command": "go build ./..."})))
    said = ("shell", {"command": 'echo "go test"'})
    yield _wrong(_CHECKED, "only prints the command", _reply("", said))


def _handing() -> Iterator[Proof]:
    other_words = (
        "Tax is not yet rounded (src/tax.py), the parser fails on negative totals: teach it. Then"
        " run `pytest tests/billing`."
    )
    yield _right(_HANDED, "hands over in other words", _reply(other_words))
    yield _wrong(_HANDED, "hands over nothing, at length", _reply(_LONG * 5))
    yield _wrong(
        _HANDED, "names a file that nobody named", _reply(other_words + " See `src/vat.py`.")
    )
    files = " ".join(f"`src/part_{number}.py`" for number in range(9))
    yield _wrong(_HANDED, "names every file", _reply(f"{other_words} {files}"))
    yield _wrong(_HANDED, "tells everything", _reply(f"{other_words} {_LONG * 30}"))
    yield _wrong(_HANDED, "goes on instead", _reply(other_words, ("run_tests", _TESTS)))


PROOFS: Final[Sequence[Proof]] = tuple(_proofs())
"""At least one reply to accept and one to reject for every check."""


def _by_length(case: Case, answer: Answer) -> Fault | None:
    """Pass whatever is long."""
    del case
    return None if len(answer.message.content) >= _LONG_ENOUGH else "said_nothing"


def _by_keyword(case: Case, answer: Answer) -> Fault | None:
    """Pass whatever names the tool, in whichever way."""
    text = answer.message.content + str(answer.calls)
    return None if all(call.name in text for call in case.wanted) else "wrong_tool"


VANITY: Final[Mapping[str, Scorer]] = {"length": _by_length, "keyword": _by_keyword}
"""Measures that were once trusted, and accepted models that had learnt nothing: kept to show that
the proofs catch them. No suite can ask for them."""


def prove(measure: Scorer | None = None) -> tuple[Verdict, ...]:
    """Return what a measure makes of every proof; by default, each check's own scorer."""
    return tuple(
        Verdict(proof, (_fault_of(measure, proof) is None) == proof.is_right) for proof in PROOFS
    )


def _fault_of(measure: Scorer | None, proof: Proof) -> object:
    return (measure or SCORERS[proof.check])(proof.case, proof.answer)
