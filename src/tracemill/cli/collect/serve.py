"""`tracemill serve`: take in what agents and tools send as OpenTelemetry."""

import sys
from pathlib import Path

from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.listening import Port, listen, named, refuse_remote
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, hint, write
from tracemill.flows.machine.receiving import Receiver, token_path
from tracemill.flows.results import ServeResult

_MAX_REQUESTS = 64


def serve(
    *,
    host: str = "127.0.0.1",
    port: Port = 4318,
    allow_remote: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Take in OpenTelemetry over HTTP until you press Ctrl-C; the next run reads what came.

    Parameters
    ----------
    host
        Address to listen at; only this machine can reach the default.
    port
        Port to listen at.
    allow_remote
        Allow an address that other machines can reach. There is no encryption.
    """
    refuse_remote(host, allow_remote=allow_remote)
    import uvicorn

    from tracemill.cli.collect.receiver import make_receiver
    from tracemill.web.serving import Impatient

    workspace = common.open()
    receiver = Receiver(workspace)
    listening = listen(host, port)
    address = f"http://{named(host, listening.getsockname()[1])}"
    _say(address, token_path(workspace), common)
    config = uvicorn.Config(
        make_receiver(receiver),
        log_level="warning",
        server_header=False,
        lifespan="off",
        limit_concurrency=_MAX_REQUESTS,
        http=Impatient,
        ws="none",
    )
    uvicorn.Server(config).run(sockets=[listening])
    return EXIT_DONE


def _say(address: str, token_file: Path, common: Common) -> None:
    """Say where to send, and what an exporter must be told for that."""
    listening = ServeResult(address=address, token_file=str(token_file))
    if not answer("serve", listening, common):
        write(f"Listening    {address}")
        write(f"Token        in {token_file}")
    sys.stdout.flush()  # nothing more comes for as long as it runs
    header = f'"Authorization=Bearer%20$(cat {token_file})"'
    hint(f"export OTEL_EXPORTER_OTLP_ENDPOINT={address}", common)
    hint(f"export OTEL_EXPORTER_OTLP_HEADERS={header}", common)
