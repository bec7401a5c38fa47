"""`tracemill ui`: the local pages."""

import socket
import sys
import webbrowser
from typing import Annotated

from cyclopts import Parameter

from tracemill.base.errors import UsageError
from tracemill.cli.exits import EXIT_DONE
from tracemill.cli.output import Common, answer, hint, write
from tracemill.flows.results import UiResult

_LOOPBACK = "127.0.0.1"


def ui(
    *,
    port: int = 0,
    open: Annotated[bool, Parameter(negative="no-open")] = True,  # noqa: A002 - the option's name
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show everything in a browser on this machine, until you press Ctrl-C.

    The address that is printed is good for one visit: it lets that browser in, and no other.

    Parameters
    ----------
    port
        Port to listen at; 0 takes any that is free.
    open
        Open a browser.
    """
    import uvicorn

    from tracemill.web.app import make_app
    from tracemill.web.guard import ENTRY_PATH, Pass

    listening = _listen(port)
    port = listening.getsockname()[1]
    entry = Pass()
    app = make_app(common.open(), [f"{_LOOPBACK}:{port}", f"localhost:{port}"], entry)
    address = f"http://{_LOOPBACK}:{port}{ENTRY_PATH}?token={entry.token}"
    if not answer("ui", UiResult(address=address), common):
        write(address)
    sys.stdout.flush()  # nothing more comes for as long as it runs
    hint("open it in your browser; press Ctrl-C to end", common)
    if open and not common.json:
        webbrowser.open(address)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, lifespan="off",
        timeout_keep_alive=15, limit_concurrency=64,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[listening])
    return EXIT_DONE


def _listen(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((_LOOPBACK, port))
    except OSError as error:
        listening.close()
        raise UsageError(f"cannot listen at port {port}: {error.strerror}; try --port 0") from error
    return listening
