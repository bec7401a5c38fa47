"""`tracemill dataset push`: put an exported dataset where others find it."""

from pathlib import Path

from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, write
from tracemill.flows.datasets.hub import push_export
from tracemill.flows.installed import require


def push_dataset(
    folder: Path,
    /,
    *,
    repo: str,
    public: bool = False,
    endpoint: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Put an exported dataset into a repository of the Hugging Face Hub; private unless you say.

    Nothing goes out that is not, byte for byte, what a person looked at: export it with --reviewer.

    Parameters
    ----------
    folder
        What `dataset export` wrote.
    repo
        The repository, as OWNER/NAME; it is made where there is none.
    public
        Let everybody see it.
    endpoint
        Another hub than the library's own.
    """
    require("hub")
    from tracemill.flows.datasets.hugging_face import HuggingFaceHub

    pushed = push_export(common.open(), folder, HuggingFaceHub(endpoint), repo, is_public=public)
    if not answer("push", pushed, common):
        seen = "private" if pushed.is_private else "open to everybody"
        write(f"Pushed       {len(pushed.receipt.files) + 1} files to {pushed.repo}, {seen}")
        write(f"Commit       {pushed.address}")
    return EXIT_DONE
