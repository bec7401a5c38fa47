"""How the pages are served: over HTTP/1.1, to a sender that does not take for ever.

A request that comes byte by byte holds a place for as long as it likes, and there are few places.
So its head and its body each have a time in which they must be whole; who is slower is told so,
and the connection ends.
"""

from __future__ import annotations

import asyncio
from typing import Final

import h11
from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol

_TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Impatient(H11Protocol):
    """A connection whose sender has to finish what was begun."""

    head_s = 10.0
    """Within this time a request's head must be whole."""
    body_s = 30.0
    """Within this time after it, its body."""
    _waiting: asyncio.TimerHandle | None = None
    _awaited: object = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for the first request."""
        assert isinstance(transport, asyncio.Transport)
        super().connection_made(transport)
        self._watch()

    @override
    def data_received(self, data: bytes) -> None:
        """Take in more of a request; what comes does not lengthen the wait."""
        super().data_received(data)
        self._watch()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._stop()
        super().connection_lost(exc)

    def _watch(self) -> None:
        """Wait anew where something else is awaited than before, or nothing any more."""
        state = self.conn.their_state
        awaited = (state, self.cycle) if state in (h11.IDLE, h11.SEND_BODY) else None
        if awaited == self._awaited:
            return
        self._stop()
        self._awaited = awaited
        if awaited is not None:
            patience_s = self.head_s if state is h11.IDLE else self.body_s
            self._waiting = self.loop.call_later(patience_s, self._give_up)

    def _stop(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE) and not self.transport.is_closing():
            self.transport.write(_TOO_SLOW)
        self.transport.close()
