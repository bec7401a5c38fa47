"""What a text hands on: the parts that say what is left, and the entries, files and commands there.

A part is told by its heading, or by a line that leads into a list; a sentence that says that
something is left stands for itself. The words are English.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

PartRule = Literal["heading", "lead", "sentence"]
"""How a part is told: by a heading, by a line that leads into it, or by its own words."""


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_MAX_TEXT: Final = 100_000
_MAX_HEADING: Final = 100
_ENTRY: Final = re.compile(
    r"[ \t]*(?:[-*+•☐☑✅◆▸]|\d{1,2}[.)])[ \t]+(?:\[(?P<box>[ xX✅])\][ \t]+)?(?P<said>\S.*)"
)
_FENCE: Final = re.compile(r"\s*(?:```|~~~)")
_HEADING: Final = re.compile(r"\s{0,3}(?P<marks>#{1,6})\s+(?P<said>.+)\Z")
_BOLD: Final = re.compile(
    r"\s*(?:\d{1,2}[.)]\s+)?\*\*(?P<said>[^*\n]{1,100}?):?\*\*:?(?P<rest>.*)\Z"
)
_LEAD: Final = re.compile(r"\s*(?P<said>[A-Z0-9][^:.`\n]{1,80}):(?P<rest>.*)\Z")
_RULE: Final = re.compile(r"\s*(?:[-─━═_*]\s?){3,}\s*\Z")
_MARKS: Final = re.compile(r"[^\w\s/-]|^\d+(?:\.\d+)*[.)]?\s|_")
_HANDS_ON: Final = re.compile(
    r"(?:(?:the|your|my|our|suggested|recommended|immediate|possible|proposed|optional) )*"
    r"next (?:steps?|up|actions?|tasks?|sessions?|items?|phase readiness)\b.*"
    r"|whats? (?:is |s )?(?:next|left|missing|remaining|still \w+)\b.*"
    r"|(?:remaining|outstanding|left to do|still (?:to do|open|missing|needed|pending))\b.*"
    r"|to ?dos?(?: (?:list|next|left|for)\b.*)?|open (?:items?|tasks?|points?|threads?|work)\b.*"
    r"|follow ups?\b.*|not (?:yet )?(?:done|implemented|finished|started|complete\w*)\b.*"
    r"|(?:intentionally )?(?:deferred|postponed)\b.*|pending(?: \w+){0,3}|blockers?\b.*"
    r"|(?:\w+ ){0,3}hand ?(?:off|over)s?\b.*|for (?:the )?next (?:session|agent|developer)\b.*"
    r"|where (?:we|i|this|it|things) (?:left off|stopped|stands?)\b.*"
    r"|(?:how to )?(?:resume|continue|pick up)(?: (?:here|from here|point|file|instructions))?"
    r"|session continuity\b.*|known gaps\b.*|progress (?:and )?next steps\b.*"
)
_SAYS_LEFT: Final = re.compile(
    r"\b(?:still (?:needs?|has|have) to\b|remains? to be\b|is left to\b|(?:is|are) yet to be\b"
    r"|next (?:session|step) (?:is|will|should|would)\b"
    r"|to (?:continue|resume),? (?:run|use|start)\b"
    r"|(?<!n't )ready (?:for|to) [^.,\n]{1,60} (?:when|whenever|once) you\b"
    r"|pick (?:this|it) up (?:again|later)\b"
    r"|(?:is|are|was|were)(?: not|n't) yet (?:\w+ )?(?:done|implemented|committed|pushed|tested"
    r"|wired|fixed|finished)\b|(?:left|kept|deferred) for (?:later|a follow-?up|the next)\b)",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"[^.!?\n]*(?:[.!?](?!\s|\Z)[^.!?\n]*)*[.!?]?")
_ADDRESS: Final = re.compile(r"\b[a-z][a-z0-9+.-]{1,15}://\S+")
_LINK: Final = re.compile(r"\[([^\]\n]{1,200})\]\([^)\n]{1,500}\)")
_PATH: Final = re.compile(
    r"(?<![\w/@.:+*-])(?:~/|/|\.{1,2}/)?(?:(?:[\w.@+-]{1,80}|\([\w-]{1,40}\)|\[[\w.-]{1,40}\])/){0,20}"
    r"(?:[\w.@+-]{0,80}?\w|\[[\w.-]{1,40}\])"
    r"\.(?P<ending>[A-Za-z][A-Za-z0-9]{0,9})(?![\w/]|\.\w)"
)
_ENDINGS: Final = _set(
    "bash c cc cfg cjs cpp cs css csv cts dart env ex exs fish gif go gradle graphql h hpp html ini"
    " ipynb java jpg js json jsonl jsx kt lock lua m md mdx mjs mm mts php png proto ps1 py pyi rb"
    " rs rst scala scss sh snap sol sql svelte svg swift tf toml ts tsx txt vue xml yaml yml zig"
    " zsh"
)
"""Endings by which a name without a folder is a file."""
_QUOTED: Final = re.compile(r"`([^`\n]{2,200})`")
_SLASHED: Final = re.compile(
    r"/(?:clear|compact|resume|init|review|continue|[a-z]\w*[:-][\w:-]+)(?: [^/]*)?\Z"
)
"""A command of an agent's own; an address on a server is one word, or has a second slash."""
_NO_COMMAND: Final = re.compile("->|=>|\u2192|\\.\\.\\.|\u2026")
"""What stands between steps that are told, and in a command that is cut short."""
_PROGRAMS: Final = _set(
    "ansible aws az bash brew bun bundle cargo cmake composer conda curl deno django docker"
    " docker-compose dotnet eslint ffmpeg flutter gcloud gh git go gradle helm java jest just"
    " kubectl make mix mvn mypy node npm npx nx php pip pip3 pipx pnpm poetry pre-commit prettier"
    " psql pytest python python3 rails rake redis-cli ruby ruff rustup sh sqlite3 ssh swift"
    " terraform tox tsc turbo uv uvicorn uvx vercel vite vitest xcodebuild yarn"
)
_MAX_FOUND: Final = 200
_WORD: Final = re.compile(r"[a-z][a-z0-9_-]{2,}")
_EMPTY: Final = _set(
    "about after also and any are been before but can could did does for from get had has have"
    " how into its just let like make more need not now one only other our out should some than"
    " that the their them then there these they this those use using want was way were what when"
    " where which who why will with would you your"
)
"""Words that stand in every text."""


class Part(NamedTuple):
    """A part of a text that hands something on, and its place."""

    start: int
    end: int
    heading: str
    """The heading or leading words without marks; empty for a sentence."""
    rule: PartRule


class Entry(NamedTuple):
    """Something that is left, in the text's own words."""

    text: str
    start: int
    end: int
    is_done: bool
    """Whether its box is ticked."""


class _Line(NamedTuple):
    start: int
    end: int
    level: int
    """Depth of a heading, 7 for a line that leads into what follows; 0 for any other."""
    said: str


_LEADS: Final = 7


def hands_on(heading: str) -> bool:
    """Tell whether a heading stands above what is left for whoever goes on."""
    if len(heading) > _MAX_HEADING:
        return False
    plain = " ".join(_MARKS.sub("", heading.lower()).replace("-", " ").split())
    return _HANDS_ON.fullmatch(plain) is not None


def handing_parts(text: str, *, with_sentences: bool = False) -> list[Part]:
    """Return the parts of a text that hand something on, in order; none lies within another.

    `with_sentences` also finds single sentences that say that something is left, outside of them.
    """
    lines = list(_lines(text[:_MAX_TEXT]))
    found: list[Part] = []
    until = 0
    for at, line in enumerate(lines):
        if line.start < until or not line.level or not hands_on(line.said):
            continue
        until = _end_of(lines, at)
        rule: PartRule = "lead" if line.level == _LEADS else "heading"
        found.append(Part(line.start, until, line.said, rule))
    if with_sentences:
        found += _sentences(text[:_MAX_TEXT], found)
    return sorted(found)


def entries(text: str, start: int = 0, end: int | None = None) -> list[Entry]:
    """Return the entries of lists between two places of a text, in order."""
    found: list[Entry] = []
    stop = len(text) if end is None else end
    at = start
    for line in text[start:stop].split("\n"):
        match = _ENTRY.match(line)
        if match is not None and not _RULE.match(line) and len(found) < _MAX_FOUND:
            first, last = at + match.start("said"), at + len(line.rstrip())
            is_done = (match["box"] or " ") != " "
            found.append(Entry(text[first:last], first, last, is_done))
        at += len(line) + 1
    return found


def files_in(text: str) -> tuple[str, ...]:
    """Return the files that a text names, each once, in order; without `./` before them.

    A name is left out where a path ends with it.
    """
    found: dict[str, None] = {}
    plain = _ADDRESS.sub(" ", _LINK.sub(r"\1", text[:_MAX_TEXT]))
    for match in _PATH.finditer(plain):
        path = match[0].removeprefix("./")
        if "/" in path.strip("/") or match["ending"].lower() in _ENDINGS:
            found.setdefault(path)
    names = {path.rsplit("/", 1)[-1] for path in found if "/" in path}
    return tuple(path for path in found if path not in names)[:_MAX_FOUND]


def commands_in(text: str) -> tuple[str, ...]:
    """Return the commands that a text quotes or shows in a block of code, each once, in order."""
    found: dict[str, None] = {}
    is_code = False
    for line in text[:_MAX_TEXT].split("\n"):
        if _FENCE.match(line):
            is_code = not is_code
            continue
        quoted = [line] if is_code or line.lstrip().startswith("$ ") else _QUOTED.findall(line)
        for each in quoted:
            command = " ".join(each.strip().removeprefix("$ ").split())
            if is_command(command):
                found.setdefault(command)
    return tuple(found)[:_MAX_FOUND]


def is_command(words: str) -> bool:
    """Tell whether words are a command: of a program that is widely known, or of an agent."""
    name, _, rest = words.partition(" ")
    is_program = name in _PROGRAMS and bool(rest) and not _NO_COMMAND.search(words)
    return is_program or name == "pytest" or is_agents_own(words)


def is_agents_own(command: str) -> bool:
    """Tell whether a command is one of an agent, and no program's."""
    return _SLASHED.match(command) is not None


def content_words(text: str) -> frozenset[str]:
    """Return the words of a text that say what it is about, in small letters and without plural."""
    found = (word for word in _WORD.findall(text.lower()) if word not in _EMPTY)
    return frozenset(word.removesuffix("s") for word in found)


def is_named(path: str, said: str) -> bool:
    """Tell whether words name a file by its path, or by the end of it with the folder."""
    parts = path.strip("/").split("/")
    ending = "/".join(parts[-2:]) if len(parts) > 1 else parts[0]
    pattern = rf"(?<![\w.-]){re.escape(ending)}(?![\w/-])"
    return ending in said and re.search(pattern, said) is not None


def _lines(text: str) -> Iterator[_Line]:
    """Yield the lines of a text with the level of what is a heading; those of code have none."""
    at, is_code = 0, False
    for line in text.split("\n"):
        start, at = at, at + len(line) + 1
        if _FENCE.match(line):
            is_code = not is_code
            level, said = 0, ""
        else:
            level, said = (0, "") if is_code else _heading(line)
        yield _Line(start, start + len(line), level, said)


def _heading(line: str) -> tuple[int, str]:
    if found := _HEADING.match(line):
        return len(found["marks"]), found["said"].rstrip().rstrip("#").strip(" *:_")
    if found := _BOLD.match(line):
        return _LEADS, found["said"].strip()
    if found := _LEAD.match(line):
        return _LEADS, found["said"].strip()
    return 0, ""


def _end_of(lines: list[_Line], at: int) -> int:
    """Return where a part ends: at a heading as high as its own, or at another leading line."""
    level = lines[at].level
    for line in lines[at + 1 :]:
        is_next = 0 < line.level <= level
        if is_next and not (level == _LEADS and hands_on(line.said)):
            return line.start
    return lines[-1].end


def _sentences(text: str, parts: list[Part]) -> Iterator[Part]:
    at, is_code = 0, False
    ahead = deque(parts)
    for line in text.split("\n"):
        start, at = at, at + len(line) + 1
        if _FENCE.match(line):
            is_code = not is_code
        while ahead and ahead[0].end <= start:
            ahead.popleft()
        if is_code or (ahead and ahead[0].start <= start):
            continue
        for said in _SENTENCE.finditer(line):
            if said[0].strip() and _SAYS_LEFT.search(said[0]):
                first = start + said.start() + len(said[0]) - len(said[0].lstrip())
                yield Part(first, start + said.end(), "", "sentence")
