"""`tracemill serve`: take in what agents and tools send as OpenTelemetry."""

import ipaddress
from importlib.util import find_spec
from typing import Annotated

from cyclopts import Parameter

from tracemill.base.errors import PolicyError, UsageError
from tracemill.cli.exits import EXIT_DONE
from tracemill.cli.output import Common, hint, write
from tracemill.flows.receiving import Receiver, token_path

_MAX_REQUESTS = 64


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 4318,
    allow_remote: Annotated[bool, Parameter(negative="")] = False,
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
    if not (allow_remote or _is_loopback(host)):
        raise PolicyError(
            f"{host!r} can be reached from other machines, and what they send is not encrypted; "
            "listen at 127.0.0.1, or add --allow-remote"
        )
    if find_spec("uvicorn") is None or find_spec("starlette") is None:
        raise UsageError("serving needs the extra 'serve'; run: pip install 'tracemill[serve]'")
    import uvicorn

    from tracemill.cli.receiver import make_receiver

    workspace = common.open()
    receiver = Receiver(workspace)
    write(f"Listening    http://{host}:{port}")
    write(f"Token        in {token_path(workspace)}")
    hint(f"export OTEL_EXPORTER_OTLP_ENDPOINT=http://{host}:{port}", common)
    header = f'"Authorization=Bearer%20$(cat {token_path(workspace)})"'
    hint(f"export OTEL_EXPORTER_OTLP_HEADERS={header}", common)
    uvicorn.run(
        make_receiver(receiver),
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        lifespan="off",
        limit_concurrency=_MAX_REQUESTS,
    )
    return EXIT_DONE


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
