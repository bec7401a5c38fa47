"""`tracemill explain`: where something came from, down to the bytes."""

from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, write
from tracemill.flows.views.explain import explain_record


def explain(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Trace what something was made from: dataset, example, episode, session, commit, file, bytes.

    Parameters
    ----------
    name
        The id of a dataset version, an example, an episode or a session, the hash of a commit,
        or how one of them begins.
    """
    explained = explain_record(common.open(), name)
    if answer("explain", explained, common):
        return EXIT_DONE
    write(f"{explained.kind} {explained.id}")
    write(explained.summary)
    for link in explained.chain:
        write(
            "  ← " + "  ".join(f"{key} {value}" for key, value in link.items() if value is not None)
        )
    return EXIT_DONE
