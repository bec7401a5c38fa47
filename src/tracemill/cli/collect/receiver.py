"""The receiver of OpenTelemetry over HTTP: hands requests to a flow, and answers as the flow says.

There is no page here and no header that would let a browser's page of another site send
anything; whoever sends shows the token.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from tracemill.flows.machine.receiving import MAX_BODY_BYTES, Receiver, Verdict


def make_receiver(receiver: Receiver) -> Starlette:
    """Return the application that takes in what is sent to `receiver`."""

    async def take_in(request: Request) -> Response:
        path, headers = request.url.path, dict(request.headers)
        verdict = receiver.refuse(path, headers)
        if verdict is None:
            try:
                body = await _body(request)
            except ClientDisconnect:
                return Response(status_code=400)
            verdict = await run_in_threadpool(receiver.accept, path, headers, body)
        return _answer(verdict, headers.get("content-type", ""))

    return Starlette(routes=[Route("/{path:path}", take_in, methods=["POST"])])


async def _body(request: Request) -> bytes:
    """Return what is sent; of what is too much, so much that it shows."""
    held = bytearray()
    async for block in request.stream():
        held += block
        if len(held) > MAX_BODY_BYTES:
            break
    return bytes(held)


def _answer(verdict: Verdict, kind: str) -> Response:
    """Return the answer; success is said in the form in which the body came."""
    if verdict.status == 200:  # noqa: PLR2004 - done
        is_json = kind.startswith("application/json")
        return Response("{}" if is_json else b"", media_type=kind.partition(";")[0])
    headers = {"Connection": "close"}
    if verdict.retry_after_s is not None:
        headers["Retry-After"] = str(verdict.retry_after_s)
    return Response(verdict.detail, verdict.status, headers, media_type="text/plain")
