"""The bundled example: the small made-up history of a team, to try Tracemill on.

Two people, one repository, five recorded sessions of Claude Code and Codex, planted secrets, and
known right answers in `example_data/answers.json`. `script` reads what happened, `play` does
it, `claude_format` and `codex_format` write it down, and `build` puts it together.
"""

from tracemill.flows.example_history.build import ExampleHistory, build_example

__all__ = ["ExampleHistory", "build_example"]
