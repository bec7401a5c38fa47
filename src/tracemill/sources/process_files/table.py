"""Which files of a repository belong to a team's process, and what their headings mean.

Tables of our own making, so that a rule is added without touching code. A path decides for
most kinds; prose of any other path is an account only where its headings tell both of a problem
and of what was done or came of it, so that documentation in general stays out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from tracemill.records.events.event import DocumentKind, SectionRole

_MAX_PATH: Final = 1_000
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
