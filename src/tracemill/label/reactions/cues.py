"""What speaks for one reading of a person's words: phrases in them, what went before and after.

A cue is there or it is not; `weighing` says what each speaks for. Cues of the words come from the
lexicons. Those of the context compare the words with what was asked before and with what the agent
said and changed since, and tell whether it asked, changed a file, or said nothing at all. Those of
the reply tell what the agent took the words for (`replies`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from typing import Final, NamedTuple

import re2

from tracemill.label.reactions.lexicon import languages
from tracemill.label.reactions.phrases import MAX_HEARD, Said, phrases_in
from tracemill.label.reactions.replies import Reply, reply_cues
from tracemill.label.reactions.words import QUOTED
from tracemill.records.sessions.trajectory import ResultStatus

_SHORTEST: Final = 3
_WORD: Final = re.compile(rf"[^\W\d_]{{{_SHORTEST},}}")
_NO_LETTERS: Final = str.maketrans(
    {sign: " " for sign in map(chr, range(128)) if not sign.isalpha()}
)
_NAME: Final = re.compile(
    r"[A-Za-z][\w/-]*[_./][\w./-]*\w|[a-z]+[A-Z]\w+|[A-Z][a-z]+[A-Z]\w*|--[\w-]+|`[^`\n]{2,60}`"
)
"""A word that names something in code: a path, an identifier, an option, or in backticks."""
_SPOKEN: Final = re.compile(r"\w+(?:['\u2019]\w+)?")
_NUMBER: Final = re.compile(r"\d+")
_MAX_READ: Final = 1_600
_MAX_LOG: Final = 10_000
_SAME_REQUEST: Final = 0.6
"""Share of common words from which a request is one before it, said again."""
_SAME_AT_ONCE: Final = 0.35
"""The same share, where the agent did and said nothing in between."""
_WITHIN: Final = 0.8
"""Share of the words of the shorter request from which the longer one is the same."""
_LONGER: Final = 2
"""How many times as many words a request may have when it is said again at length."""
_SHORTER: Final = 4
"""How many times as many words it may have had, when it is said again in short."""
_MIN_WORDS: Final = 4
_MIN_PLAIN: Final = 11
"""Characters from which equal texts are a request said again, and no `yes` or `continue`."""
_MIN_BEGUN: Final = 30
"""Characters from which a request that is said again, and more with it, is that request."""
_MIN_CUT: Final = 200
"""Characters from which what is heard of a long text tells that it is another."""
_ALIKE: Final = 2
_FEW: Final = 3
_BRIEF: Final = 40
_LONG: Final = 400
_MANY_LINES: Final = 8
_MANY_PRINTED: Final = 3
_MOST: Final = 0.5
FAILURE: Final = re2.compile(
    r"(?m)^[ \t]*(?:> *)?(?:E {2,}\S|FAILED |Traceback \(most|--- FAIL|npm ERR!|fatal: |"
    r"##\[error\]|(?:[A-Za-z_.]*[A-Z]\w*)?(?:Error|Exception): |error(?:\[\w+\])?: |"
    r"[✕✗\x{d7}●❌\x{2a2f}] |\S+\.\w+:\d+:\d+:? (?:error|\w+\d*:)|Type error: |Error response |"
    r"[Ff]ailed to (?:compile|load|build|start|resolve|parse)|\s+at [\w.<>$ ]+\(\S+:\d+:\d+\))|"
    r"^ERROR\b|\bERR!|^\{\"(?:time|level|type)\":|\b[A-Z]\w*(?:Error|Exception): |"
    r"\d+:\d+ +(?:error|Error)\b|\bUn(?:caught|handled) |\bnpm error |\berror TS\d+|\bERR_[A-Z]+|"
    r"\b[Cc]annot (?:find (?:name|module)|read prop|GET|POST)|"
    r"\bis not (?:defined|a function|assignable)\b|\bE[A-Z]{4,}: |\bECONNREFUSED\b|"
    r"\b[45]\d\d \(?(?:Not Found|Method Not|Bad |Unauthor|Forbid|Internal|Too Many)|"
    r"\bexit(?:ed with)? (?:code|status) [1-9]|\[plugin:[\w:-]+\]|\bUnexpected token\b|"
    r"^[\w./-]+: error: |"
    r"\b(?:GET|POST|PUT|PATCH|DELETE) https?://\S+ (?:net::)?(?:[45]\d\d\b|ERR_)"
)
"""A line that a program printed, most of them a failing one."""
_PRINTED: Final = re2.compile(
    r"(?m)^[ \t]*(?:\[(?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR)\]|"
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d)"
)
"""A line as programs log, with its level or its time."""
_BARE_COMMAND: Final = re.compile(r"\A/[\w:.-]+\s*(?:\Z|--- Cursor Command\b)")
"""A program's command without words of the person, alone or with the text that it stands for."""
_ASK: Final = "/ask "
_NO_WORD: Final = re.compile(r"\W*")
_QUESTION_MARKS: Final = "?\uff1f"
"""Question marks, as in Latin and in Chinese or Japanese texts."""
_OFFER: Final = re.compile(rf"[{_QUESTION_MARKS}][^{_QUESTION_MARKS}\n]{{0,80}}\W*$")
_LIST: Final = re.compile(r"^[^\S\n]*(?:\d+[.)]|[-*•])\s", re.MULTILINE)
_COMMAND: Final = re.compile(r"\A/\w+\s+")


_MARKS: Final = frozenset({"ends-asking", "asks-somewhere"})
_REPEATS: Final = frozenset({"repeats", "repeats-earlier"})
_VERBATIM: Final = "word-for-word"
_SHOWING: Final = frozenset({"log", "fails"})
"""Cues that something fails: told once more, it still does."""
_CHANGING: Final = frozenset({"alters", "changes", "more", "has-to", "rather", "more-or-less"})
_ANSWERS: Final = {"no": "answers-no"}
"""Cues that are another one where the agent asked."""
_ASKS: Final = frozenset({"asks", "tag", "ends-asking"})
_ORDERS: Final = frozenset({"alters", "changes", "can-you"})
_WISHES: Final = frozenset({"has-to", "rather", "proposes", "more-or-less", "changes-the-edited"})
"""Cues of a wish, which say nothing in a question whether it is as it should be."""


class Before(NamedTuple):
    """What was said before a person spoke."""

    asked: tuple[str, ...] = ()
    """What the person asked for before, the last first."""
    answered: str = ""
    """What the agent said last."""
    edited: tuple[str, ...] | None = None
    """Files that the agent changed since it was asked; None where it changed none."""
    is_silent: bool = False
    """Whether the agent said and did nothing since it was asked."""
    last_call: ResultStatus | None = None
    """How the agent's last call since it was asked ended; None where nothing came back."""
    has_worked: bool = True
    """Whether the log shows up to here that the agent calls tools or changes files."""


class Cue(NamedTuple):
    """One thing that speaks for a reading, and where it stands."""

    name: str
    rule: str
    """Name of the phrase, or of the cue itself."""
    start: int
    end: int


def cues_of(text: str, said: Said, before: Before, reply: Reply) -> Iterator[Cue]:
    """Yield what speaks for one reading of a text or another."""
    found = list(_said_cues(text, said))
    start, end = said.place
    names = {cue.name for cue in found}
    if _is_told_to_answer(text, before):
        found.append(Cue("told-to-answer", "ask-command", start, end))
    form = set(_form(text, said))
    if "can-you" in names and "asks" not in names and said.heard.count("?") <= 1:
        form = {"asked-politely" if name in _MARKS else name for name in form}
    likeness = set(_likeness(said, before, is_echo=_is_echo(text, before)))
    if _is_no_request(text):
        likeness -= {*_REPEATS, _VERBATIM}
    context = {*_context(before), *likeness, *_replied(before, reply)}
    if "was-asked" in context:
        found = [cue._replace(name=_ANSWERS.get(cue.name, cue.name)) for cue in found]
    found += [Cue(name, name, start, end) for name in sorted(_together(names, form, context))]
    found.append(Cue("always", "next-step", start, end))
    yield from _without_asked_wishes(found)


def _together(
    names: AbstractSet[str], form: AbstractSet[str], context: AbstractSet[str]
) -> frozenset[str]:
    """Return the cues of form and context, as far as the others let them count."""
    found = {*form, *context}
    if "edited" in context and names & _CHANGING:
        found.add("changes-the-edited")
    if names & _SHOWING:
        found -= {*_REPEATS, _VERBATIM}
    elif "many-lines" in form and _VERBATIM not in context:
        found -= _REPEATS
    if "but" in names and form & _MARKS:
        found.add("but-asks")
    if {"repeats", "silent"} <= found:
        found.add("asks-at-once-again")
    return frozenset(found)


def _without_asked_wishes(cues: Sequence[Cue]) -> Iterator[Cue]:
    names = {cue.name for cue in cues}
    asks_only = names & _ASKS and not names & _ORDERS
    return (cue for cue in cues if not (asks_only and cue.name in _WISHES))


def _is_told_to_answer(text: str, before: Before) -> bool:
    """Tell whether a person used a program's command to ask, or its log says that once more."""
    return text.startswith(_ASK) or (_is_echo(text, before) and before.asked[0].startswith(_ASK))


def _is_no_request(text: str) -> bool:
    """Tell whether what is there again is what a program printed, or its command for more work."""
    n_printed = len(_PRINTED.findall(text[:_MAX_LOG]))
    return n_printed >= _MANY_PRINTED or _BARE_COMMAND.match(text) is not None


def _is_echo(text: str, before: Before) -> bool:
    """Tell whether a text is what the command before it gave to the program."""
    if not before.is_silent or not before.asked or not before.asked[0].startswith("/"):
        return False
    return _plain(before.asked[0]) == _plain(text)


def _said_cues(text: str, said: Said) -> Iterator[Cue]:
    for found in phrases_in(said):
        if found.phrase.cue is not None:
            yield Cue(found.phrase.cue, found.rule, found.start, found.end)
    if failure := FAILURE.search(text[said.offset : said.offset + _MAX_LOG]):
        start, end = failure.span()
        yield Cue("log", "pasted-log", said.offset + start, said.offset + end)


def _form(text: str, said: Said) -> Iterator[str]:
    whole = QUOTED.sub("", text[said.offset :]).rstrip()
    n_words = len(_SPOKEN.findall(said.heard))
    if _ends_asking(whole):
        yield "ends-asking"
    elif _has_question_mark(whole[:MAX_HEARD]):
        yield "asks-somewhere"
    if whole.endswith("!"):
        yield "exclaims"
    if n_words <= _FEW:
        yield "few-words"
    elif len(whole) <= _BRIEF:
        yield "brief"
    elif len(whole) > _LONG:
        yield "long"
    if whole.count("\n") >= _MANY_LINES:
        yield "many-lines"
    if _LIST.search(whole):
        yield "lists"


def _ends_asking(text: str) -> bool:
    """Tell whether a question mark stands behind the last word: looked for from the end."""
    behind = _NO_WORD.match(text[::-1])
    return behind is not None and _has_question_mark(behind[0])


def _has_question_mark(text: str) -> bool:
    return any(mark in text for mark in _QUESTION_MARKS)


def _replied(before: Before, reply: Reply) -> Iterator[str]:
    return reply_cues(reply, before.edited, has_worked=before.has_worked)


def _context(before: Before) -> Iterator[str]:
    if before.edited is not None:
        yield "edited"
    if asked_back(before.answered) is not None:
        yield "was-asked"
    if before.is_silent:
        yield "silent"


def asked_back(answered: str) -> int | None:
    """Return where the question mark stands with which an agent's words end; None without one."""
    tail = answered[-_LONG:]
    found = _OFFER.search(tail)
    return None if found is None else len(answered) - len(tail) + found.start()


def _likeness(said: Said, before: Before, *, is_echo: bool) -> Iterator[str]:
    """Yield how what is said compares with what was said and done before."""
    words, spoken, names = _words(said.heard), _plain(said.heard), _names(said.heard)
    same = [
        _is_same(spoken, words, names, asked, is_next=before.is_silent and not n)
        for n, asked in enumerate(before.asked)
    ]
    if any(same) and not is_echo:
        yield "repeats" if same[0] else "repeats-earlier"
        if any(_is_verbatim(spoken, _plain(asked)) for asked in before.asked):
            yield _VERBATIM
    known = _words(before.answered)
    if words:
        share = len(words & known) / len(words)
        yield "all-new" if not share else "most-known" if share >= _MOST else "some-known"
        if before.asked and len(words & _words(before.asked[0])) >= _ALIKE:
            yield "like-the-last"
    if names:
        near = " ".join((before.answered, *before.asked[:1], *(before.edited or ()))).lower()
        if not any(name in near for name in names):
            yield "new-name"


def _is_same(
    spoken: str, words: frozenset[str], names: frozenset[str], asked: str, *, is_next: bool
) -> bool:
    """Tell whether a request is one before it; the next words, with no answer between, sooner."""
    plain = _plain(asked)
    if spoken == plain or _is_verbatim(spoken, plain):
        return len(spoken) >= _MIN_PLAIN
    if len(words) < _MIN_WORDS or len(other := _words(asked)) < _MIN_WORDS:
        return False
    common = len(words & other)
    is_near = common / len(words | other) >= (_SAME_AT_ONCE if is_next else _SAME_REQUEST)
    is_longer = common / len(other) >= _WITHIN and len(words) <= _LONGER * len(other)
    is_shorter = common / len(words) >= _WITHIN and len(other) <= _SHORTER * len(words)
    if not (is_near or is_longer or is_shorter) or _is_of_another(names, _names(asked)):
        return False
    return {*_NUMBER.findall(spoken)} == {*_NUMBER.findall(plain)}


def _is_verbatim(spoken: str, plain: str) -> bool:
    """Tell whether a request is an earlier one word for word, alone or with more behind it."""
    is_begun = len(plain) >= _MIN_BEGUN and spoken.startswith(plain)
    is_cut = len(spoken) >= _MIN_CUT and plain.startswith(spoken)
    return is_begun or is_cut or (spoken == plain and len(spoken) >= _MIN_PLAIN)


def _is_of_another(names: frozenset[str], asked: frozenset[str]) -> bool:
    """Tell whether two requests name things, and none of them in common: one file after another."""
    return bool(names and asked) and names.isdisjoint(asked)


def _names(text: str) -> frozenset[str]:
    """Return the paths, addresses, identifiers and options that a text names."""
    return frozenset(name.strip("`").lower() for name in _NAME.findall(text))


def _plain(text: str) -> str:
    """Return the words of a text without the command that it begins with."""
    return _plain_of(text[:_MAX_READ])


def _words(text: str) -> frozenset[str]:
    return _words_of(text[-_MAX_READ:])


@lru_cache(maxsize=32)  # what was asked is compared with all that is asked next
def _plain_of(text: str) -> str:
    return " ".join(_SPOKEN.findall(_COMMAND.sub("", text))).lower()


@lru_cache(maxsize=32)
def _words_of(text: str) -> frozenset[str]:
    small = text.lower()
    if not small.isascii():
        return frozenset(_WORD.findall(small)) - _unsaid()
    runs = small.translate(_NO_LETTERS).split()  # the same in half the time
    return frozenset([run for run in runs if len(run) >= _SHORTEST]) - _unsaid()


@cache
def _unsaid() -> frozenset[str]:
    return frozenset(word for language in languages().values() for word in language.unsaid)
