"""Where a subject stands in a workspace: the inputs that are its own, and those that name it.

An input is the subject's own where its address or the folder of its sessions names it, where it
is the session, or lies at the place that was named, or where a session in it worked there. Such
inputs go as a whole, with every copy of them. Where others' sessions share an input with it, those
stay, and only the original of the whole goes. A person may be named in other inputs as well; there
only the names go.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Final, NamedTuple

from tracemill.base.errors import UsageError
from tracemill.base.keyed_words import KeyedWords, name_code, words_of
from tracemill.base.places import is_at, one_spelling, pure_place
from tracemill.flows.ingest.erasing import is_captured
from tracemill.flows.ingest.identities import Aliases, Identity, aliases_of, identities_in
from tracemill.flows.ingest.masking import count_names
from tracemill.flows.ingest.redactors import telling_redactors
from tracemill.flows.ingest.results import Progress, Report
from tracemill.records.privacy.erasures import ErasedContent, ErasedName, SubjectKind, Tombstone
from tracemill.store.erasures import ErasureBook
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.vault import Archived, Chunk, Vault
from tracemill.store.workspace import Workspace

_SHORTEST: Final = 3
_HOMES: Final = ("home", "Users")


class Subject(NamedTuple):
    """Whom or what an erasure is about."""

    kind: SubjectKind
    name: str
    """As it was given; a path is absolute."""
    also: tuple[str, ...] = ()
    """Other names of a person."""


class Ran(NamedTuple):
    """One session as the lake knows it."""

    id: str
    session_id: str
    input_id: str
    folder: str | None
    """Where it began, with pseudonyms."""
    others: tuple[str, ...]
    """Where else it worked, with pseudonyms."""


class Found(NamedTuple):
    """Where a subject stands."""

    subject: Subject
    aliases: Aliases
    """By what a person is known."""
    whole: dict[str, Archived]
    """Inputs that are the subject's own, in their newest state."""
    thinned: tuple[str, ...]
    """Inputs that hold sessions of it beside those of others."""
    masked: dict[str, int]
    """Other inputs that name it, and in how many places."""
    states: dict[str, Archived]
    """Every archived input, in its newest state."""
    sessions: tuple[str, ...]
    """Sessions that go."""
    trajectories: tuple[str, ...]
    """What agents did in them."""
    passing: tuple[str, ...]
    """Those of the sessions that began elsewhere, and worked at the place for a while."""
    along: tuple[str, ...]
    """Sessions that stay and share an input with these; the original of that goes."""
    folders: tuple[str, ...]
    """Remembered folders that go."""

    @property
    def is_empty(self) -> bool:
        """Whether it stands nowhere."""
        return not (self.whole or self.thinned or self.masked or self.folders)


def find_subject(workspace: Workspace, subject: Subject, report: Report) -> Found:
    """Look for a subject in everything that is archived.

    Raises:
        UsageError: a name is too short to be told from other words.
    """
    vault = Vault(workspace.vault)
    try:
        return _Finding(workspace, vault, subject, report).run()
    finally:
        vault.close()


class _Finding:
    """One look through a vault."""

    def __init__(
        self, workspace: Workspace, vault: Vault, subject: Subject, report: Report
    ) -> None:
        self._vault = vault
        self._subject = subject
        self._report = report
        self._history: defaultdict[str, list[Archived]] = defaultdict(list)
        for _, state in vault.archive.states():
            self._history[state.input_id].append(state)
        self._newest = {input_id: states[-1] for input_id, states in self._history.items()}
        self._ran = list(_sessions(workspace))
        self._workspace = workspace
        self._key = vault.key()
        self._redactors = telling_redactors(workspace)

    def run(self) -> Found:
        """Return where the subject stands."""
        aliases = self._aliases()
        words = words_for(self._key, (*aliases.certain,))
        ran = self._ran_there(words)
        gone = {one.id for one in ran}
        staying = [one for one in self._ran if one.id not in gone]
        thinned = {one.input_id for one in ran} & {one.input_id for one in staying}
        lying = self._lying(words)
        whole = lying | {one.input_id for one in ran} - thinned
        whole = {i for i in whole | self._copies_of(whole) if not self._is_inbox(i)}
        thinned = {i for i in thinned - whole if not self._is_inbox(i)}
        masked = self._naming(words, whole)
        sessions = [one for one in self._ran if one.input_id in whole or one.id in gone]
        return Found(
            subject=self._subject,
            aliases=aliases,
            whole={input_id: self._newest[input_id] for input_id in sorted(whole)},
            thinned=tuple(sorted(thinned)),
            masked=masked,
            states=self._newest,
            sessions=tuple(sorted({one.session_id for one in sessions})),
            trajectories=tuple(sorted({one.id for one in sessions})),
            along=tuple(sorted({one.session_id for one in staying if one.input_id in thinned})),
            folders=tuple(self._folders(words, sessions)),
            passing=tuple(sorted(self._passing(sessions))),
        )

    def _aliases(self) -> Aliases:
        if self._subject.kind != "person":
            return Aliases([self._subject.name], [])
        given = [self._subject.name, *self._subject.also]
        for name in given:
            _check_name(name)
        known: set[Identity] = set()
        for state in self._newest.values():
            if state.source == "git":
                known |= identities_in(self._vault.archive.read(state.chunks))
        return aliases_of(given, known)

    def _ran_there(self, words: KeyedWords) -> list[Ran]:
        """Return the sessions that are the subject's own."""
        match self._subject.kind:
            case "session":
                return [one for one in self._ran if one.session_id == self._subject.name]
            case "path":
                places = self._shown_at(self._subject.name)
                there = {one.session_id for one in self._ran if _worked_at(one, places)}
                return [one for one in self._ran if one.session_id in there]
            case _:
                named = self._named_folders(words)
                return [one for one in self._ran if one.folder in named]

    def _passing(self, gone: Collection[Ran]) -> set[str]:
        """Return the sessions among these that only came by at the place that was named."""
        if self._subject.kind != "path":
            return set()
        places = self._shown_at(self._subject.name)
        came = {one.session_id for one in gone if _is_at_any(one.others, places)}
        return came - {one.session_id for one in gone if _is_at_any([one.folder or ""], places)}

    def _lying(self, words: KeyedWords) -> set[str]:
        """Return the inputs that are the subject's own by where they lie."""
        match self._subject.kind:
            case "session":
                return set()
            case "path":
                return {
                    input_id
                    for input_id, state in self._newest.items()
                    if is_at(state.path.partition("#")[0], self._subject.name)
                    or state.path == self._subject.name
                }
            case _:
                return {
                    input_id
                    for input_id, state in self._newest.items()
                    if words.places(os.fsencode(state.path)) and not self._is_inbox(input_id)
                }

    def _is_inbox(self, input_id: str) -> bool:
        """Tell whether an input holds captured events of everybody."""
        return is_captured(self._workspace, self._newest[input_id].path)

    def _named_folders(self, words: KeyedWords) -> set[str]:
        named = (f for f in self._vault.folders() if words.places(os.fsencode(f)))
        return {shown for folder in named for shown in self._shown(folder)}

    def _shown_at(self, place: str) -> set[str]:
        """Return how records may tell of a place, and of the folders below it."""
        below = (folder for folder in self._vault.folders() if is_at(folder, place))
        return {shown for each in (place, *below) for shown in self._shown(each)}

    def _shown(self, folder: str) -> set[str]:
        return {each.text(folder) for each in self._redactors}

    def _copies_of(self, whole: Collection[str]) -> set[str]:
        contents = {s.content for i in whole for s in self._history[i] if s.content is not None}
        return {i for i, states in self._history.items() if states[-1].content in contents}

    def _naming(self, words: KeyedWords, whole: Collection[str]) -> dict[str, int]:
        """Return the other inputs that name the subject; by how many places."""
        wanted = [
            (input_id, state)
            for input_id, states in sorted(self._history.items())
            if input_id not in whole and self._may_name(input_id)
            for state in states
        ]
        total = sum(state.n_bytes for _, state in wanted)
        done = 0
        counted: dict[tuple[Chunk, ...], int] = {}
        found: dict[str, int] = {}
        for input_id, state in wanted:
            if state.chunks not in counted:
                blocks = self._vault.archive.read(state.chunks)
                counted[state.chunks] = count_names(blocks, words)
            if counted[state.chunks]:
                found[input_id] = counted[state.chunks]
            done += state.n_bytes
            self._report(Progress("find", done, total))
        return found

    def _may_name(self, input_id: str) -> bool:
        return self._subject.kind == "person" or self._is_inbox(input_id)

    def _folders(self, words: KeyedWords, gone: Collection[Ran]) -> Iterable[str]:
        """Return remembered folders that name the subject, or in which nothing else ran."""
        ids = {one.id for one in gone}
        staying = {one.folder for one in self._ran if one.id not in ids}
        going = {one.folder for one in gone} - staying
        for folder in self._vault.folders():
            is_named = self._subject.kind == "person" and bool(words.places(os.fsencode(folder)))
            is_there = self._subject.kind == "path" and is_at(folder, self._subject.name)
            if is_named or is_there or not going.isdisjoint(self._shown(folder)):
                yield folder


def _sessions(workspace: Workspace) -> Iterable[Ran]:
    for one in Lake(workspace.lake).records(TABLES["trajectories"]):
        yield Ran(one.id, one.session_id, one.origin.input_id, one.cwd, one.other_folders)


def places_named(workspace: Workspace, name: str) -> list[str]:
    """Return repositories, and folders in which sessions ran, whose last part is a name.

    Home folders are none of them: their last part is the name of a person.
    """
    vault = Vault(workspace.vault)
    try:
        repositories = [s.path for _, s in vault.archive.states() if s.source == "git"]
        found = {one_spelling(place): place for place in (*vault.folders(), *repositories)}
    finally:
        vault.close()
    places = map(pure_place, found.values())
    named = {place for place in places if place.name == name and place.parent.name not in _HOMES}
    return sorted(str(place) for place in named if not named.intersection(place.parents))


def _worked_at(one: Ran, places: Collection[str]) -> bool:
    return _is_at_any((one.folder or "", *one.others), places)


def _is_at_any(folders: Iterable[str], places: Collection[str]) -> bool:
    return any(is_at(folder, place) for folder in folders for place in places)


def _check_name(name: str) -> None:
    if sum(map(len, words_of(name))) < _SHORTEST:
        raise UsageError(
            f"{name!r} is too short to be told from other words; expected a name, an e-mail "
            f"address or a user name of at least {_SHORTEST} letters"
        )


def words_for(key: bytes, names: Sequence[str]) -> KeyedWords:
    """Return what finds these names."""
    return KeyedWords(key, [name_code(key, name) for name in names])


def tombstone_of(found: Found, book: ErasureBook) -> Tombstone:
    """Return what keeps a subject from coming back."""
    key = bytes.fromhex(book.key)
    subject = found.subject
    is_person = subject.kind == "person"
    codes = [name_code(key, name) for name in found.aliases.certain]
    names = tuple(ErasedName(first=c.first, whole=c.whole, n_words=c.n_words) for c in codes)
    own = () if is_person else found.whole.values()
    contents = {s.content: s.n_bytes for s in found.whole.values() if s.content is not None}
    at = (book.code(one_spelling(subject.name)),) if subject.kind == "path" else ()
    return Tombstone(
        paths=tuple(sorted({book.code(state.path) for state in own} | set(at))),
        folders=at,
        contents=tuple(
            ErasedContent(content=book.code(content), n_bytes=n_bytes)
            for content, n_bytes in sorted(contents.items())
        ),
        sessions=tuple(sorted(map(book.code, (*found.sessions, *found.trajectories)))),
        names=names if is_person else (),
        lines=() if is_person else names,
    )
