"""Who sends a request byte by byte does not hold a place for ever."""

import asyncio
from pathlib import Path

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from uvicorn.server import ServerState

from tracemill.web.serving import Impatient

HEAD = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n"


class Hasty(Impatient):
    """One that waits for a moment only."""

    head_s = 0.3
    body_s = 0.3


async def answers(place: Path, *sent: bytes) -> bytes:
    """Return all that a server says until it hangs up."""
    app = PlainTextResponse("done")
    config = uvicorn.Config(
        app, ws="none", lifespan="off", log_level="critical", timeout_keep_alive=1
    )
    config.load()
    held = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_unix_server(lambda: Hasty(config, held, {}), str(place))
    reader, writer = await asyncio.open_unix_connection(str(place))
    for part in sent:
        writer.write(part)
        await writer.drain()
    said = await reader.read()
    writer.close()
    server.close()
    return said


@pytest.mark.parametrize(
    ("sent", "first"),
    [
        ([], b"HTTP/1.1 408 "),
        ([b"GET / HTT"], b"HTTP/1.1 408 "),
        ([HEAD], b"HTTP/1.1 408 "),
        ([HEAD + b"\r\n", b"body"], b"HTTP/1.1 200 "),
        ([b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"], b"HTTP/1.1 200 "),
    ],
    ids=["nothing", "half a line", "half a head", "a whole change", "a whole request"],
)
def test_what_is_not_whole_in_time_is_ended(
    tmp_path: Path, sent: list[bytes], first: bytes
) -> None:
    said = asyncio.run(answers(tmp_path / "s", *sent))
    assert said.startswith(first)
    assert said.count(b"HTTP/1.1") == 1


def test_a_second_request_has_to_be_whole_too(tmp_path: Path) -> None:
    whole = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
    said = asyncio.run(answers(tmp_path / "s", whole + b"GET / HT"))
    assert said.startswith(b"HTTP/1.1 200 ")
    assert said.count(b"HTTP/1.1 200 ") == 1
