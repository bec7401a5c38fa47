"""What lines of Aider's history say, by the exact words of the program."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from tracemill.sources.building.open_trajectory import NO_TOKENS, Tokens

HEADER: Final = re.compile(r"# aider chat started at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\s*\Z")
COMMIT: Final = re.compile(r"Commit ([0-9a-f]{7,40})(?: |\Z)")
APPLIED: Final = re.compile(r"Applied edit to (.+)\Z")
NOT_APPLIED: Final = re.compile(r"Did not apply edit to (.+?) \(--dry-run\)\Z")
UNDONE: Final = re.compile(r"Removed: ([0-9a-f]{7,40})(?: |\Z)")
FAULTS: Final = re.compile(r"# Fix any (?:linting )?errors below, if possible\.")
"""How a linter's report begins that the program prints before it asks what to do with it."""
_FIX_FAULTS: Final = "Attempt to fix lint errors?"
"""What the program asks then; where the answer is yes, the report goes to the model."""
_ASKED: Final = (_FIX_FAULTS, "Fix lint errors in ", "Run shell command")
"""How what it asks behind a report begins, whatever the answer looks like."""
_BEFORE_ANSWER: Final = ("?", "]", "]:")
"""How what it asks ends: in a question, or in the answers that it takes."""
_ANSWERS: Final = frozenset({"y", "yes", "n", "no", "a", "all", "s", "skip", "d", "don't"})
RUNNING: Final = re.compile(r"Running (?!: )(.+)\Z")
REFUSED: Final = re.compile(r"Run shell commands?(?:\(s\))?\? .*\b(?:n|no|s|skip)\Z", re.IGNORECASE)
MODEL: Final = re.compile(r"(?:Main model|Models?): (\S+?)(?:,)? with\b")
VERSION: Final = re.compile(r"Aider v(\S+)\Z")
CWD: Final = re.compile(r"Git working dir: (/.*)\Z")
BEFORE_EDIT: Final = re.compile(r"Committing .+ before applying edits\.\Z")
COST: Final = re.compile(r"Cost: \$[\d.,]+ (?:message|send), \$[\d.,]+ session\.")
"""How the line goes on that tells of tokens; only its first part is quoted."""
BANNER: Final = re.compile(r"> ={5,} .+ ={5,}\Z")
"""How a test runner's output begins that the program puts in without a command."""
STOP: Final = "^C again to exit"
NOTHING_TYPED: Final = "<blank>"
"""What the program writes as a prompt where a person only pressed the key that sends one."""
_EDIT_FAILED: Final = "The LLM did not conform to the edit format"
_FAILED_BLOCKS: Final = re.compile(r"(?:# )?\d+ SEARCH/REPLACE blocks? failed to match")
_END_OF_FAILED: Final = "The SEARCH section must exactly match"
_END_OF_OTHERS: Final = "Just reply with fixed versions of the block"
"""How the two parts of a report of such blocks end; the second tells of other blocks, if any."""
_OTHERS_APPLIED: Final = re.compile(r"# The other \d+ SEARCH/REPLACE blocks? were applied")
_TOKENS: Final = re.compile(r"Tokens: (.+?)\.(?: |\Z)")
_AMOUNT: Final = re.compile(r"(?<![\d.,])([\d.,]+)(k|M)? (sent|received|cache hit|cache write)")
_UNITS: Final = {None: 1, "k": 1_000, "M": 1_000_000}
_MAX_TOKENS: Final = 10**9
KNOWN_OUTPUT: Final = re.compile(
    r"(?:Applied edit to|Commit [0-9a-f]{7}|Tokens: |Did not apply|Creating empty file"
    r"|Skipping edits|Added |Aider v|Main model|Models?: |Git repo|Repo-map|Use /help)"
)
_BY_ITSELF: Final = (
    "# Fix any errors below",
    "# Fix any linting errors below",
    "I ran this command",
    "The LLM did not conform",
    'Find the "AI" comments below',  # in files that it watches
    "I've written your instructions in comments in the code",
)
_TO_THE_MODEL: Final = ("/ask ", "/code ", "/architect ", "/context ", "/chat-mode ")
_TAGS: Final = "source|code|pre|codeblock|sourcecode"
_FENCE: Final = re.compile(rf"(?:`{{3,}}+|<(?:{_TAGS})>)\S*+\s*\Z")
_FENCE_END: Final = re.compile(rf"(?:`{{3,}}|</(?:{_TAGS})>)\s*\Z")
_PATH: Final = re.compile(r"[\s*`#]*([^\s*`#:<>]+(?: [^\s*`#:<>]+){0,3}?)[*`#:]*\s*\Z")
_SEARCH: Final = re.compile(r"<{5,9} SEARCH\s*\Z")
_DIVIDER: Final = re.compile(r"={5,9}\s*\Z")
_REPLACE: Final = re.compile(r">{5,9} REPLACE\s*\Z")
_LONGEST_PATH: Final = 300
_THOUGHT: Final = "thinking-content-7bbeb8e1441453ad999a0bbba8a46d4b"
"""How the program marks what a model thought before it replied."""


ReportPart = Literal["failed", "between", "others"]
"""A report of failed blocks tells of these, and behind a blank line perhaps of the others."""


class Edit(NamedTuple):
    """A block in which the model says what to put in the place of what."""

    path: str
    search: str
    replace: str


def is_prompt(text: str, *, in_reply: bool) -> bool:
    """Tell whether a line was typed; the model's own headings look much the same."""
    return text.startswith("####") and (
        (text.endswith("  ") and text[4:5] in (" ", "")) or (not in_reply and text[4:5] == " ")
    )


def output_of(text: str) -> str | None:
    """Return what the program said on a line, or None where the line is none of its own."""
    if not text.startswith(">"):
        return None
    said = text[1:].strip()
    is_own = text.endswith("  ") or KNOWN_OUTPUT.match(said) or _FAILED_BLOCKS.match(said)
    return said if is_own else None


def is_typed(prompt: str) -> bool:
    """Tell whether a prompt was typed for the model."""
    if prompt.startswith(("/", "!")):
        return prompt.startswith(_TO_THE_MODEL)
    return not prompt.startswith(_BY_ITSELF)


def is_by_itself(prompt: str) -> bool:
    """Tell whether the program sent a prompt by itself."""
    return prompt.startswith(_BY_ITSELF)


def is_asked(said: str) -> bool:
    """Tell whether a line holds what the program asked a person, and the answer."""
    asked, _, answer = said.rpartition(" ")
    has_answer = answer.lower() in _ANSWERS and asked.endswith(_BEFORE_ANSWER)
    return said.startswith(_ASKED) or (has_answer and "?" in asked)


def is_to_be_fixed(said: str) -> bool:
    """Tell whether a person sent a linter's report to the model."""
    is_no = said.rpartition(" ")[2].lower().startswith("n")
    return said.startswith(_FIX_FAULTS) and not is_no


def has_failed(said: str) -> bool:
    """Tell whether the program says that it could not apply the edits."""
    return said.startswith(_EDIT_FAILED) or _FAILED_BLOCKS.match(said) is not None


def is_report_in_one_piece(text: str) -> bool:
    """Tell whether a line begins a report of failed blocks whose other lines are not quoted."""
    return not text.endswith("  ") and _FAILED_BLOCKS.match(text[1:].strip()) is not None


def read_report(part: ReportPart | None, text: str) -> tuple[bool, ReportPart | None]:
    """Tell whether a line ends what is told of a part, and what part is told behind the line.

    Only the program's own last line ends with two spaces, and many histories have lost those.
    """
    if part == "between":
        return False, "others" if were_others_applied(text) else None
    if part == "failed" and text.startswith(_END_OF_FAILED):
        return True, None if text.endswith("  ") else "between"
    is_end = part == "others" and text.startswith(_END_OF_OTHERS)
    return is_end, None if is_end else part


def were_others_applied(said: str) -> bool:
    """Tell whether the program says that it applied the edits which it has not named as failed."""
    return _OTHERS_APPLIED.match(said) is not None


def names_edit(why: str, edit: Mapping[str, Any]) -> bool:
    """Tell whether an edit is among those of which is said why they failed."""
    search = "".join(f"{line.rstrip()}\n" for line in edit.get("search", "").splitlines())
    begun = f"exactly match lines in {edit.get('path')}\n<<<<<<< SEARCH\n{search}=======\n"
    return begun in f"{why}\n"


def is_of_file(edit: Mapping[str, Any], path: str) -> bool:
    """Tell whether an edit is of a file: what the model writes with slashes, Windows does not."""
    return str(edit.get("path", "")).replace("\\", "/") == path.replace("\\", "/")


def is_after_reply(said: str) -> bool:
    """Tell whether the program says this only after the model has replied."""
    return APPLIED.match(said) is not None or has_failed(said) or _TOKENS.match(said) is not None


def read_tokens(said: str) -> Tokens:
    """Return the tokens that the program says a reply took; it rounds them."""
    told = _TOKENS.match(said)
    if told is None:
        return NO_TOKENS
    amounts = {kind: _amount(digits, unit) for digits, unit, kind in _AMOUNT.findall(told[1])}
    sent, hit = amounts.get("sent"), amounts.get("cache hit")
    fresh = sent if sent is None or hit is None else max(0, sent - hit)
    return fresh, amounts.get("received"), hit, amounts.get("cache write"), None


def _amount(digits: str, unit: str) -> int | None:
    try:
        value = float(digits.replace(",", "")) * _UNITS[unit or None]
    except ValueError:
        return None
    return round(value) if value < _MAX_TOKENS else None


def split_thoughts(reply: str) -> tuple[str, list[str]]:
    """Return a reply without what the model thought, and that.

    Where the reply broke off the thoughts have no end; of a long one they may stand in two parts,
    the later of which has no beginning.
    """
    said: list[str] = []
    thoughts: list[str] = []
    for part in reply.split(f"<{_THOUGHT}>"):
        thought, end, rest = part.partition(f"</{_THOUGHT}>")
        is_thought = bool(end or said)
        thoughts.append(thought.strip() if is_thought else "")
        said.append((rest if is_thought else thought).strip())
    return "\n\n".join(filter(None, said)), [thought for thought in thoughts if thought]


def split_edits(reply: str) -> tuple[str, list[Edit]]:
    """Return a reply without its edit blocks, and those."""
    lines = reply.split("\n")
    kept: list[str] = []
    edits: list[Edit] = []
    path, at = "", 0
    while at < len(lines):
        divider = _find(_DIVIDER, lines, at) if _SEARCH.match(lines[at]) else None
        end = _find(_REPLACE, lines, divider) if divider is not None else None
        if _SEARCH.match(lines[at]) and (divider is None or end is None):
            break  # nothing behind it is whole either
        if divider is None or end is None:
            kept.append(lines[at])
            at += 1
            continue
        path = _take_path(kept) or path
        search, replace = lines[at + 1 : divider], lines[divider + 1 : end]
        edits.append(Edit(path, "\n".join(search), "\n".join(replace)))
        at = end + 1
        if at < len(lines) and _FENCE_END.match(lines[at]):
            at += 1
    return "\n".join([*kept, *lines[at:]]).strip(), edits


def _find(mark: re.Pattern[str], lines: list[str], start: int) -> int | None:
    return next((at for at in range(start + 1, len(lines)) if mark.match(lines[at])), None)


def _take_path(kept: list[str]) -> str | None:
    """Take the fence and the file's name off the lines before a block, in either order."""
    if kept and _FENCE.match(kept[-1]):
        kept.pop()
    path = _path_on(kept[-1]) if kept else None
    if path is None:
        return None
    kept.pop()
    if kept and _FENCE.match(kept[-1]):
        kept.pop()
    return path


def _path_on(line: str) -> str | None:
    found = _PATH.match(line) if len(line) <= _LONGEST_PATH else None
    return (
        found[1] if found and ("." in found[1] or "/" in found[1] or " " not in found[1]) else None
    )
