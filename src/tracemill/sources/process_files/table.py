"""Which files of a repository belong to a team's process, and what their headings mean.

Tables of our own making, so that a rule is added without touching code. A path decides for
most kinds; prose of any other path is an account only where its headings tell both of a problem
and of what was done or came of it, so that documentation in general stays out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from tracemill.records.events import DocumentKind, SectionRole

_MAX_PATH: Final = 1_000
_MAX_HEADING: Final = 200
"""Longer ones are nobody's words, and patterns are not tried on them."""
_TEXT: Final = r"\.(?:md|mdx|mdc|markdown|rst|adoc|txt)"
_DATA: Final = r"\.(?:md|mdx|txt|ya?ml|json|toml|j2|jinja2?|prompt|xml)"

_PATHS: Final[tuple[tuple[DocumentKind, str], ...]] = (
    ("instructions", r"(?:.*/)?(?:CLAUDE|AGENTS?|GEMINI|QWEN|CODEX|CRUSH|SYNTHIA)(?:\.local)?\.md"),
    ("instructions", r"(?:.*/)?\.(?:cursor|windsurf|cline|roo|goose)(?:rules|hints)(?:/.*)?"),
    ("instructions", r"(?:.*/)?(?:\.cursor|\.windsurf|\.clinerules|\.roo)/rules/.*" + _TEXT),
    ("instructions", r"(?:.*/)?\.github/(?:copilot-)?instructions(?:/.*)?\.md"),
    (
        "prompt",
        r"(?:.*/)?\.(?:claude|codex|cursor|gemini|opencode)/(?:commands|prompts|agents?)/.*"
        + _DATA,
    ),
    ("prompt", r"(?:.*/)?\.github/(?:prompts|chatmodes|agents)/.*\.md"),
    ("prompt", r"(?:.*/)?skills/[^/]+/SKILL\.md"),
    ("prompt", r".*\.prompt(?:\.md|\.ya?ml)?"),
    ("prompt", r"(?:.*/)?(?:system_?)?prompts?/.*" + _DATA),
    ("recipe", r"(?:.*/)?(?:recipes?|playbooks?|workflows?)/.*\.(?:md|ya?ml|toml)"),
    ("decision", r"(?:.*/)?(?:adrs?|decisions?|decision[-_]records?)/.*" + _TEXT),
    ("decision", r"(?:.*[/_-])?DECISIONS?(?:[_-]LOG)?\.md"),
    ("report", r"(?:.*[/_-])?(?:SUMMARY|AUDIT|VALIDATION|READINESS|HANDOFF|RETROSPECTIVE)\.md"),
    ("design", r"(?:.*/)?(?:middle-out|designs?|rfcs?|proposals?)/.*" + _TEXT),
    ("spec", r"(?:.*/)?(?:specs?|specifications?|requirements|prds?|\.kiro)/.*" + _TEXT),
    ("spec", r"(?:.*[/_-])?(?:SPEC|SPECIFICATION|PRD|REQUIREMENTS)\.md"),
    ("plan", r"(?:.*/)?(?:plans?|planning|initiatives?|milestones?)/.*" + _TEXT),
    ("plan", r"(?:.*[/_-])?(?:PLAN|ROADMAP|TODOS?|TASKS?|PROGRESS|BACKLOG|WISHLIST)\.md"),
    ("report", r"(?:.*/)?(?:diary|retros?|retrospectives?|post-?mortems?|handoffs?)/.*" + _TEXT),
)
"""Kind and pattern of whole paths, letters of either case; the first that fits decides."""

_ALIEN: Final = re.compile(
    r"(?:.*/)?(?:node_modules|vendor|third_party|site-packages|dist|build|target|\.venv|fixtures"
    r"|testdata|__snapshots__|\.specstory|ISSUE_TEMPLATE|\.aider[^/]*)/.*|(?:.*/)?\.github/workflows/.*"
)
"""Folders whose files are not the team's own words."""
_GENERAL: Final = re.compile(
    r"(?:.*/)?(?:README|CHANGELOG|CHANGES|HISTORY|NEWS|LICEN[CS]E|COPYING|CONTRIBUTING|SECURITY"
    r"|CODE_OF_CONDUCT|ISSUE_TEMPLATE|PULL_REQUEST_TEMPLATE|AUTHORS|INSTALL)(?:[._-].*)?",
    re.IGNORECASE,
)
"""General documentation, which is never an account."""
_PROSE: Final = re.compile(r".*" + _TEXT, re.IGNORECASE)
_SILENT: Final = re.compile(
    r".*\.(?:png|jpe?g|gif|webp|ico|pdf|zip|t?gz|xz|bz2|7z|tar|jar|whl|so|dylib|dll|exe|o|a|class|pyc"
    r"|woff2?|ttf|otf|eot|mp[34]|wav|ogg|webm|sqlite3?|db|parquet|arrow|npy|npz|bin|onnx|pt|safetensors"
    r"|gguf|jsonl|csv|tsv|lock|map|svg|ipynb|snap|sum|po|min\.js|min\.css)|(?:.*/)?package-lock\.json",
    re.IGNORECASE,
)
"""Files that are no text, or none that a person writes a header into."""
_KINDS: Final = tuple((kind, re.compile(path, re.IGNORECASE)) for kind, path in _PATHS)

_ROLES: Final[tuple[tuple[SectionRole, str], ...]] = (
    ("root_cause", r"root causes?|diagnos\w+|causes?|why (?:it|this|did|was)\b.*"),
    ("problem", r"(?:the )?(?:core |original )?(?:problems?|bugs?|symptoms?|pain points?)"),
    ("problem", r"motivation|challenges?|what (?:went wrong|failed|is wrong|didnt work)"),
    (
        "results",
        r"(?:final |test |training |key )?(?:results?|outcomes?|findings?)|impact|conclusions?",
    ),
    ("results", r"implementation complete|what (?:was|got) \w+|what we (?:did|built|found)"),
    ("lessons", r"(?:key )?(?:lessons?(?: learned)?|learnings?|takeaways?|insights?)"),
    ("lessons", r"what (?:we learned|worked)"),
    (
        "open",
        r"next steps?|future (?:work|enhancements?|improvements?)|open (?:questions?|issues?)",
    ),
    (
        "open",
        r"remaining\b.*|follow ups?|todos?|known (?:issues?|limitations?)|not done|hand ?offs?",
    ),
    (
        "validation",
        r"verification|validation|testing|tests?|test(?:ing)? (?:plan|strategy|checklist)",
    ),
    ("validation", r"how (?:to|it was|we) (?:verif|test)\w*"),
    ("decision", r"(?:key )?(?:design |architecture )?decisions?|rationale|recommendations?"),
    ("alternatives", r"alternatives?|options?|trade ?offs?|(?:considered )?approaches considered"),
    ("consequences", r"consequences?|implications?"),
    ("goal", r"goals?|objectives?|purpose|success (?:criteria|metrics)|acceptance criteria|scope"),
    ("goal", r"requirements?|user stor(?:y|ies)"),
    ("context", r"context|background|overview|current (?:state|situation)"),
    ("solution", r"(?:the |proposed |our )?(?:solutions?|fix(?:es)?|approach|strategy|proposal)"),
    ("solution", r"implementation(?: details?)?|changes made|what changed"),
    (
        "plan",
        r"(?:implementation |action |execution )?(?:plan|phases?|tasks?|roadmap|timeline|steps)",
    ),
)
"""Role and pattern of how a heading begins, in small letters without marks; the first decides."""
_BEHIND: Final = (
    r"(?:$| (?:statement|analysis|achieved|strategy|considered|implemented|of|for|in|and|by|to"
    r"|summary|is|was|made|taken|\d+)\b.*)"
)
"""What may follow; any other word makes it another heading."""
_ROLE_PATTERNS: Final = tuple((role, re.compile(f"(?:{begin}){_BEHIND}")) for role, begin in _ROLES)
_MARKS: Final = re.compile(r"[^\w\s/-]|\d+(?:\.\d+)*[.)]?(?=\s)|_")
_TOLD: Final[frozenset[SectionRole]] = frozenset({"problem", "root_cause"})
_DONE: Final[frozenset[SectionRole]] = frozenset({"solution", "results", "validation", "lessons"})


@lru_cache(65_536)
def kind_of_path(path: str) -> DocumentKind | None:
    """Return what a document is for, by its path; None where the path does not say."""
    if len(path) > _MAX_PATH or _ALIEN.fullmatch(path):
        return None
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(path)), None)


def may_be_account(path: str) -> bool:
    """Tell whether a file is prose that its headings may make an account."""
    is_prose = len(path) <= _MAX_PATH and _PROSE.fullmatch(path) is not None
    return is_prose and not _ALIEN.fullmatch(path) and not _GENERAL.fullmatch(path)


def may_have_header(path: str) -> bool:
    """Tell whether a file may have a header that a person wrote."""
    is_short = len(path) <= _MAX_PATH
    return is_short and not _ALIEN.fullmatch(path) and not _SILENT.fullmatch(path)


def is_account(roles: frozenset[SectionRole | None]) -> bool:
    """Tell whether sections tell of a problem and of what was done about it."""
    return not (_TOLD.isdisjoint(roles) or _DONE.isdisjoint(roles))


@lru_cache(16_384)
def role_of(heading: str) -> SectionRole | None:
    """Return what a section tells, by its heading; None where the heading does not say."""
    if len(heading) > _MAX_HEADING:
        return None
    plain = _MARKS.sub("", heading.lower()).strip()
    plain = " ".join(plain.replace("-", " ").split())
    return next((role for role, begin in _ROLE_PATTERNS if begin.fullmatch(plain)), None)
