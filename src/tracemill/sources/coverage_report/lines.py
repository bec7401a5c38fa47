"""What is counted while the lines of a source file are read from a coverage report."""

from __future__ import annotations

from dataclasses import dataclass, field

from tracemill.records.events.gates import Coverage

_MAX_LINES = 2**20
"""Lines of one file that are told apart; more are no source file."""


@dataclass
class LineCounts:
    """Lines and branches of one file, or of all files together."""

    n_lines: int = 0
    n_covered_lines: int = 0
    n_branches: int = 0
    n_covered_branches: int = 0
    missed: list[int] = field(default_factory=list)

    def line(self, number: int | None, *, is_covered: bool) -> None:
        """Count a line."""
        self.n_lines += 1
        self.n_covered_lines += is_covered
        if not is_covered and number is not None and len(self.missed) < _MAX_LINES:
            self.missed.append(number)

    def branches(self, n_covered: int, n_branches: int) -> None:
        """Count branches."""
        self.n_branches += n_branches
        self.n_covered_branches += min(n_covered, n_branches)

    def add(self, other: LineCounts) -> None:
        """Add the counts of a file to those of all."""
        self.n_lines += other.n_lines
        self.n_covered_lines += other.n_covered_lines
        self.n_branches += other.n_branches
        self.n_covered_branches += other.n_covered_branches

    def coverage(
        self, line_rate: float | None = None, branch_rate: float | None = None
    ) -> Coverage:
        """Return what was counted, with the rates that the report states."""
        return Coverage(
            line_rate=share(self.n_covered_lines, self.n_lines) if line_rate is None else line_rate,
            branch_rate=self._branch_rate(branch_rate),
            n_lines=self.n_lines,
            n_covered_lines=self.n_covered_lines,
            n_branches=self.n_branches or None,
            n_covered_branches=self.n_covered_branches if self.n_branches else None,
            missed_lines=tuple(sorted(self.missed)),
        )

    def _branch_rate(self, stated: float | None) -> float | None:
        if not self.n_branches:
            return None
        return share(self.n_covered_branches, self.n_branches) if stated is None else stated


def share(part: int, whole: int) -> float | None:
    """Return a share, or None of nothing."""
    return min(1.0, part / whole) if whole else None
