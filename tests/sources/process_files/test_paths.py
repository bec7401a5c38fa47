"""Which paths make a file one of the team's process."""

from __future__ import annotations

import pytest

from tracemill.records.events.event import DocumentKind
from tracemill.sources.process_files.table import kind_of_path, may_be_account, may_have_header


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("CLAUDE.md", "instructions"),
        ("AGENTS.md", "instructions"),
        ("packages/web/AGENTS.md", "instructions"),
        ("web/.claude/commands/fix.md", "prompt"),
        (".github/copilot-instructions.md", "instructions"),
        (".cursor/rules/style.mdc", "instructions"),
        (".claude/commands/ship.md", "prompt"),
        (".claude/skills/log/SKILL.md", "prompt"),
        ("ai/prompts/qa_engineer.yaml", "prompt"),
        ("recipes/release.yaml", "recipe"),
        ("docs/adr/0001-use-sqlite.md", "decision"),
        ("planning/0.16/ARCHITECTURE_DECISIONS.md", "decision"),
        ("middle-out/development/shared-types.md", "design"),
        ("agent-os/specs/2026-02-17/shape.md", "spec"),
        ("docs/plans/2025-10-25-context.md", "plan"),
        ("IMPLEMENTATION_PLAN.md", "plan"),
        ("docs/diary/2026-02-14.md", "report"),
        ("planning/0.13/IMPLEMENTATION_AUDIT.md", "report"),
        ("planning/0.13/NEXT.md", "plan"),
        ("README.md", None),
        ("docs/guide.md", None),
        ("src/plans.py", None),
        ("src/prompts/__init__.py", None),
        ("node_modules/x/AGENTS.md", None),
        (".github/workflows/ci.yml", None),
    ],
)
def test_a_path_says_what_a_document_is_for(path: str, kind: DocumentKind | None) -> None:
    assert kind_of_path(path) == kind


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("docs/fix.md", True),
        ("README.md", False),
        ("docs/CHANGELOG.md", False),
        ("vendor/x/fix.md", False),
        (".github/ISSUE_TEMPLATE/feature.md", False),
        ("fix.py", False),
    ],
)
def test_only_the_teams_own_prose_may_be_an_account(path: str, expected: bool) -> None:
    assert may_be_account(path) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/a.ts", True),
        ("a", True),
        ("a.png", False),
        ("data.jsonl", False),
        ("dist/a.js", False),
    ],
)
def test_only_written_text_may_have_a_header(path: str, expected: bool) -> None:
    assert may_have_header(path) == expected
