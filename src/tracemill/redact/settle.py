"""Texts in, the same texts with stand-ins out, looked at until nothing more is found.

What one pass puts in may leave a neighbour that another pass finds, so each changed line is
scanned again. Few detectors look further: the one of key blocks, which no stand-in can lengthen,
and patterns over several lines, which take no line that a stand-in has changed. A text that goes
on changing was made to do so, and is taken out whole; so is one in which detectors would have to
look nearly everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from tracemill.redact.copies import KNOWN_PERSON, Copies, Secret, author_of, secrets_in
from tracemill.redact.detectors.emails import address_in
from tracemill.redact.detectors.roster import Finder
from tracemill.redact.protocol import CLOSE, FAR, CrowdedError, Match, Rule
from tracemill.redact.pseudonyms import TOKEN, USER, Pseudonyms, holds_stand_in
from tracemill.redact.scanning.escapes import as_read
from tracemill.redact.scanning.joined import Changes, Joined
from tracemill.redact.scanning.scanner import resolve, scan
from tracemill.redact.texts import Role
from tracemill.redact.wording import values

_MOST_PASSES: Final = 8
_PERSON: Final = Rule("person", "pii", 2)
_ASSIGNED: Final = Rule("assigned-secret", "secret", 5_000)
UNSCANNED: Final = Rule("unscanned-text", "secret", 3)
"""Of what nobody could look through nothing is known, so nothing of it is kept."""
_UNSETTLED: Final = Rule("unsettled-text", "secret", 3)
_KNOWN: Final = Rule("known-secret", "secret", 4)
_MOST_QUIET: Final = 16_384
_LONGEST_QUIET: Final = 512
_MARKED_ONCE: Final = "home-path"
_PSEUDONYM: Final = re.compile(USER + rb"\Z")
_TOKEN: Final = re.compile(TOKEN.decode())


def _nameless(token: re.Match[str]) -> str:
    """Return a token that could stand for any secret of its kind."""
    kind, _, digest = token[0].rpartition(":")
    return f"{kind}:{'a' * (len(digest) - 1)}]"


class Mark(NamedTuple):
    """Where a stand-in stands in a redacted text, in characters."""

    start: int
    end: int
    rule: Rule


class Redacted(NamedTuple):
    """A text that was changed."""

    text: str
    marks: list[Mark]
    secrets: tuple[Secret, ...] = ()
    """What rules found in it that is to be looked for elsewhere."""


Trace = Callable[[int, Changes], None]
"""Told of everything that is done to a text, by the text's index, in the order it is done."""


class Settler:
    """Redacts texts with a set of detectors."""

    def __init__(
        self, finder: Finder, pseudonyms: Pseudonyms, allowed: frozenset[str] = frozenset()
    ) -> None:
        self._finder = finder
        self._detectors, self._prefilter = finder
        self._pseudonyms = pseudonyms
        self._allowed = allowed
        self._known: Copies | None = None
        self._quiet: set[str] = set()

    def allowing(self, allowed: frozenset[str]) -> Settler:
        """Return one with the same detectors that leaves these stand-ins' texts as they are."""
        return Settler(self._finder, self._pseudonyms, allowed)

    def know(self, secrets: Iterable[bytes]) -> None:
        """Look for these values as well, but for those that are allowed under any rule."""
        allowed = {stand_in.rpartition(":")[2] for stand_in in self._allowed}
        known = map(self._known_as, sorted(set(secrets)))
        self._known = Copies(
            each for each in known if each.stand_in.rpartition(":")[2] not in allowed
        )

    def _known_as(self, given: bytes) -> Secret:
        value = given.decode("utf-8", "surrogatepass")
        if author := author_of(value):
            name, address = author
            stand_in = self._pseudonyms.person(address.encode("utf-8", "surrogatepass"))
            return Secret(name, KNOWN_PERSON, stand_in, address, self._pseudonyms.name)
        return Secret(value, _KNOWN, self._pseudonyms.token(_KNOWN.id, given))

    def settle(
        self,
        texts: Sequence[str],
        roles: Mapping[int, Role],
        trace: Trace | None = None,
        copies: Copies | None = None,
    ) -> dict[int, Redacted]:
        """Return the texts that had to be changed, by index.

        Args:
            texts: What is to be redacted.
            roles: What texts are besides texts, by index.
            trace: Told of all that is done.
            copies: Values that are looked for as well.
        """
        settled: dict[int, Redacted] = {}
        indexes: Sequence[int] = range(len(texts))
        waiting, own_roles = texts, roles
        for _ in range(_MOST_PASSES):
            is_first = waiting is texts
            changed = self._pass(waiting, own_roles, [copies, self._known] if is_first else ())
            lines: list[str] = []
            for place, changes in changed.items():
                if trace is not None:
                    trace(indexes[place], changes)
                text, stands = _replaced(waiting[place], changes)
                own = text if changes.is_far else _changed_lines(waiting[place], text, stands)
                lines.append(own)
                if before := settled.get(indexes[place]):
                    marks = _marked(_moved(before.marks, changes), stands, changes)
                    settled[indexes[place]] = Redacted(text, marks, before.secrets)
                else:
                    secrets = secrets_in(
                        waiting[place], changes, without=_KNOWN, named=self._pseudonyms.name
                    )
                    settled[place] = Redacted(text, _marked([], stands, changes), secrets)
            again = self._unquiet(lines)
            indexes = [
                indexes[place] for place, own in zip(changed, lines, strict=True) if own in again
            ]
            if not indexes:
                return settled
            waiting = [settled[index].text for index in indexes]
            own_roles = {i: roles[j] for i, j in enumerate(indexes) if j in roles}
        for index in indexes:
            changing = settled[index].text
            settled[index] = self.taken_out(changing, _UNSETTLED)
            if trace is not None:
                token = Match(0, len(changing), _UNSETTLED, settled[index].text)
                trace(index, Changes([(0, len(changing))], [token]))
        return settled

    def touched(self, texts: Sequence[str], roles: Mapping[int, Role]) -> set[int]:
        """Return the indexes of the texts that would have to be changed."""
        return set(self._pass(texts, roles, [self._known]))

    def taken_out(self, text: str, rule: Rule) -> Redacted:
        """Return the token that stands for a whole text."""
        token = self._pseudonyms.token(rule.id, text.encode("utf-8", "surrogatepass"))
        return Redacted(token, [Mark(0, len(token), rule)])

    def _unquiet(self, lines: Sequence[str]) -> set[str]:
        """Return those of `lines` in which there is still something to find.

        Most say what others have said before, for the same few paths stand in all sessions. Which
        secret a token stands for makes no difference, since nothing may touch a token.
        """
        if len(self._quiet) > _MOST_QUIET:
            self._quiet.clear()
        alike = {line: _TOKEN.sub(_nameless, line) for line in dict.fromkeys(lines)}
        new = [each for each in dict.fromkeys(alike.values()) if each not in self._quiet]
        found = {new[index] for index in self._pass(new, {})} if new else set()
        self._quiet.update(each for each in new if len(each) < _LONGEST_QUIET and each not in found)
        return {line for line, each in alike.items() if each in found}

    def _pass(
        self, texts: Sequence[str], roles: Mapping[int, Role], copies: Iterable[Copies | None] = ()
    ) -> dict[int, Changes]:
        joined = Joined(texts)
        is_alone = len(texts) == 1
        try:
            least = CLOSE if is_alone else len(joined.data)
            matches = scan(joined.data, self._prefilter, self._detectors, least)
        except CrowdedError:
            if not is_alone:
                return self._pass_by_one(texts, roles, list(copies))
            token = self._pseudonyms.token(UNSCANNED.id, joined.data)
            matches = [Match(0, len(joined.data), UNSCANNED, token)]
        for index, (start, end) in joined.spans(roles).items():
            matches += self._by_role(joined.data[start:end], start, roles[index])
        far = [match for match in matches if match.rule is FAR]
        found = resolve(matches)
        if self._allowed:
            found = [match for match in found if match.stand_in not in self._allowed]
        for each in filter(None, copies):
            found = each.beside(joined.data, found, self._allowed)
        changed = dict(joined.by_text(found))
        for index in dict(joined.by_text(far)).keys() & changed.keys():
            changed[index] = changed[index]._replace(is_far=True)
        return changed

    def _pass_by_one(
        self, texts: Sequence[str], roles: Mapping[int, Role], copies: list[Copies | None]
    ) -> dict[int, Changes]:
        """Do the same for each text by itself: what stands beside it may not count against it."""
        changed: dict[int, Changes] = {}
        for index, text in enumerate(texts):
            own_roles = {0: roles[index]} if index in roles else {}
            for changes in self._pass([text], own_roles, copies).values():
                changed[index] = changes
        return changed

    def _by_role(self, blob: bytes, start: int, role: Role) -> list[Match]:
        end = start + len(blob)
        if role == "person":
            if not blob or _PSEUDONYM.match(blob):
                return []
            stand_in = self._pseudonyms.person(address_in(blob) or blob)
            return [Match(start, end, _PERSON, stand_in)]
        name = role.encode()
        # what a stand-in has made of a value is looked at without its name, and so never again
        if values.is_address(name, blob) or holds_stand_in(blob):
            return []
        if not values.is_secret(name, blob):
            return []
        return [Match(start, end, _ASSIGNED, self._pseudonyms.token(_ASSIGNED.id, blob))]


class _Text(NamedTuple):
    text: str
    stands: list[int]
    """Where each stand-in begins."""


def _replaced(text: str, changes: Changes) -> _Text:
    pieces: list[str] = []
    stands: list[int] = []
    done = shift = 0
    for (start, end), match in zip(changes.spans, changes.matches, strict=True):
        stand_in = match.stand_in or ""
        pieces += (text[done:start], stand_in)
        stands.append(start + shift)
        shift += len(stand_in) - (end - start)
        done = end
    pieces.append(text[done:])
    return _Text("".join(pieces), stands)


def _changed_lines(before: str, text: str, stands: list[int]) -> str:
    """Return the lines that may read otherwise now: those in which stand-ins stand.

    What is no JSON document any more, or has become one, has other lines than before.
    """
    read = as_read(text)
    is_same_kind = (read == text) == (as_read(before) == before)
    return _lines_at(read, stands) if is_same_kind else text


def _lines_at(text: str, stands: list[int]) -> str:
    """Return the lines of a text in which stand-ins stand."""
    lines: list[str] = []
    done = -1
    for stand in stands:
        if stand > done:
            done = text.find("\n", stand)
            done = done if done >= 0 else len(text)
            lines.append(text[text.rfind("\n", 0, stand) + 1 : done])
    return "\n".join(lines)


def _marked(old: list[Mark], stands: list[int], changes: Changes) -> list[Mark]:
    """Return earlier marks and one for each change, in the order in which they stand."""
    marks: list[Mark] = []
    is_marked = any(mark.rule.id == _MARKED_ONCE for mark in old)
    for stand, match in zip(stands, changes.matches, strict=True):
        if match.rule.id == _MARKED_ONCE:
            if is_marked:
                continue
            is_marked = True
        marks.append(Mark(stand, stand + len(match.stand_in or ""), match.rule))
    return sorted([*old, *marks], key=lambda mark: mark.start) if old else marks


def _moved(marks: list[Mark], changes: Changes) -> list[Mark]:
    """Return marks where the changes have moved them, without those that were replaced or torn."""
    moved: list[Mark] = []
    waiting = marks[::-1]
    shift = 0
    for (start, end), match in zip(changes.spans, changes.matches, strict=True):
        while waiting and waiting[-1].start < start:
            mark = waiting.pop()
            if mark.end <= start:
                moved.append(Mark(mark.start + shift, mark.end + shift, mark.rule))
        while waiting and waiting[-1].start < end:
            waiting.pop()
        shift += len(match.stand_in or "") - (end - start)
    return [*moved, *(Mark(m.start + shift, m.end + shift, m.rule) for m in waiting[::-1])]
