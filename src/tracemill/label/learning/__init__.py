"""What can be learned from one piece of work, told in the words of its own record.

`Teller` reads the steps of a trajectory once, in order, and keeps the few places that say
something; `learning_episode` puts those of an episode together. Nothing is invented: a text is a
quote with its place, or is put together of facts and says so. Models seldom store their thinking in
the clear, so thinking is rebuilt from what was said, planned, listed and chosen, and a share says
how much of it there is.

| part | first that is there |
|---|---|
| problem | what is wrong by the first request; a plan's problem section; how the request begins |
| context | files, folder, branch and issues of the work; the rest of the request |
| thought process | sentences that name a cause, a find, a doubt or a choice; todos; calls |
| approach | a summary of what was done; the commits; a plan's approach section; a choice |
| steps | the todo list; a plan's steps; the commits; the files that were written |
| validation | the last check of each kind, and how it failed before; a person's word of praise |
| outcome | the episode's outcome, with the commits or words that prove it |

Of work that no session is known of its commits tell, and a document may: `from_commits` and
`from_documents` say how.
"""

from __future__ import annotations

from tracemill.label.learning.commit_sections import commit_roles
from tracemill.label.learning.compose import learning_episode
from tracemill.label.learning.cues import tells_problem
from tracemill.label.learning.from_commits import CommittedWork, learning_from_commits
from tracemill.label.learning.from_documents import learning_from_document
from tracemill.label.learning.header_changes import (
    HeaderChange,
    MendedIssue,
    header_changes,
    mended_issues,
)
from tracemill.label.learning.passages import names_cause
from tracemill.label.learning.teller import Teller, Told

__all__ = [
    "CommittedWork",
    "HeaderChange",
    "MendedIssue",
    "Teller",
    "Told",
    "commit_roles",
    "header_changes",
    "learning_episode",
    "learning_from_commits",
    "learning_from_document",
    "mended_issues",
    "names_cause",
    "tells_problem",
]
