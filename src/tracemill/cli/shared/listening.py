"""Where a server of ours listens: at this machine's own address, unless a person says otherwise."""

import ipaddress
import socket
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.errors import PolicyError, UsageError


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def refuse_remote(host: str, *, allow_remote: bool) -> None:
    """Make sure that a person meant it, where other machines can reach an address.

    Raises:
        PolicyError: nobody said so.
    """
    if not (allow_remote or is_loopback(host)):
        raise PolicyError(
            f"{host!r} can be reached from other machines, and what they send is not encrypted; "
            "listen at 127.0.0.1, or add --allow-remote"
        )


def refuse_any(host: str) -> None:
    """Make sure that an address is one: who asks must name it, and nobody can name all of them.

    Raises:
        UsageError: it stands for every address of this machine.
    """
    try:
        stands_for_all = ipaddress.ip_address(host).is_unspecified
    except ValueError:
        stands_for_all = not host
    if stands_for_all:
        raise UsageError(f"{host!r} is every address of this machine; name the one to listen at")


Port = Annotated[int, Parameter(validator=Number(gte=0, lte=65_535))]


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, and whose connections hold nothing back.

    An answer comes in two pieces, its head and its body. The second would wait until the browser
    has acknowledged the first, which browsers put off for 40 ms; asyncio sees to that only for
    sockets that name their protocol, and this one does not.

    Raises:
        UsageError: it cannot.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(
            f"cannot listen at port {port} of {host}: {error.strerror or error}; try --port 0"
        ) from error
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def named(host: str, port: int) -> str:
    """Return a host and port as a browser names them."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
