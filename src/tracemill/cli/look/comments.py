"""Comments on an issue or a pull request, as commands print them."""

from collections.abc import Iterable

from tracemill.cli.shared.output import when, write
from tracemill.records.events.forge import Actor, Comment


def show_comments(comments: Iterable[Comment]) -> None:
    """Print comments, each with who said it, when, and on what."""
    for comment in comments:
        place = ":".join(str(part) for part in (comment.path, comment.line) if part is not None)
        write(f"\n{who(comment.author)}  {when(comment.at)}  {place}".rstrip())
        write((comment.text or "").rstrip())


def who(actor: Actor | None) -> str:
    """Name whoever did something: a pseudonym, or a program."""
    return (actor and (actor.person or actor.app)) or "unknown"
