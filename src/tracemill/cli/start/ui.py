"""`tracemill ui`: the local pages, and one of them as a file."""

import asyncio
import sys
import webbrowser
from pathlib import Path
from threading import Timer
from typing import Annotated, Final

from cyclopts import App, Parameter

from tracemill.base.clock import now
from tracemill.base.loading import hidden
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.listening import (
    Port,
    is_loopback,
    listen,
    named,
    refuse_any,
    refuse_remote,
)
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, hint, write
from tracemill.flows.results import UiResult

_FIRST_PAGE_S: Final = 1.0
"""By when the first page is shown, and its reader does not ask for another yet."""
ui = App(name="ui", help_format="plaintext", usage="Usage: tracemill ui [OPTIONS]")


@ui.default
def show_ui(
    *,
    host: str = "127.0.0.1",
    port: Port = 0,
    allow_remote: bool = False,
    open: Annotated[bool, Parameter(negative="no-open")] = True,  # noqa: A002 - the option's name
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show everything in a browser on this machine, until you press Ctrl-C.

    The address that is printed holds a token and is good for one visit: it lets that browser in,
    and no other.

    Parameters
    ----------
    host
        Address to listen at; only this machine can reach the default.
    port
        Port to listen at; 0 takes any that is free.
    allow_remote
        Allow an address that other machines can reach. There is no encryption.
    open
        Open a browser.
    """
    refuse_remote(host, allow_remote=allow_remote)
    refuse_any(host)
    import uvicorn

    from tracemill.flows.held.lookup import kept_open
    from tracemill.web.app import make_app
    from tracemill.web.guard import ENTRY_PATH, Pass
    from tracemill.web.serving import Impatient
    from tracemill.web.staying import settle, take_from_one_place

    take_from_one_place()
    listening = listen(host, port)
    port = listening.getsockname()[1]
    entry = Pass()
    names = (host, "localhost") if is_loopback(host) else (host,)
    workspace = common.open()
    app = make_app(workspace, [named(name, port) for name in names], entry)
    address = f"http://{named(host, port)}{ENTRY_PATH}?token={entry.token}"
    if not answer("ui", UiResult(address=address), common):
        write(address)
    sys.stdout.flush()  # nothing more comes for as long as it runs
    if not is_loopback(host):
        hint(f"other machines can reach {host}: what is shown goes over the network unencrypted, "
             "and whoever opens the address first is let in", common)  # fmt: skip
    hint("open it in your browser; press Ctrl-C to end", common)
    if open and not common.json:
        webbrowser.open(address)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, lifespan="off",
        timeout_keep_alive=15, limit_concurrency=64, http=Impatient, ws="none",
    )  # fmt: skip
    later = Timer(_FIRST_PAGE_S, settle)
    later.daemon = True
    later.start()
    with kept_open(workspace), hidden("numpy"):  # 10 MB of Arrow's that no page needs
        uvicorn.Server(config).run(sockets=[listening])
    return EXIT_DONE


@ui.command(name="export")
def export_ui(
    page: str,
    /,
    *,
    to: Path,
    reviewer: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write a page as one file that needs no other and asks for nothing, for a colleague.

    It passes the gate of exports; the receipt lies beside it.

    Parameters
    ----------
    page
        The page as the browser shows its address, for example / or /sessions?agent=codex.
    to
        The new file.
    reviewer
        Who has looked at it; the name stands in the receipt.
    """
    from tracemill.flows.views.page_export import export_page, new_file
    from tracemill.web.app import make_pages
    from tracemill.web.exporting import page_file

    workspace, to = common.open(), new_file(to)
    made = asyncio.run(page_file(make_pages(workspace), page, now()))
    written = export_page(workspace, made, to, reviewer)
    if not answer("page-export", written, common, next_steps=["tracemill privacy exports"]):
        write(f"{written.path}  {written.n_bytes:,} bytes")
        hint(f"its receipt lies beside it; see: tracemill privacy verify {written.path}", common)
    return EXIT_DONE
