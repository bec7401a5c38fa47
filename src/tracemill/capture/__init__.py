"""Capture: what happens right now is kept before it can be lost. Standard library only.

`emit` keeps one event; programs that run beside an agent call it. `inbox` is where events
wait until they are read in, `agents` knows where each agent keeps its sessions, and for how
long. Everything here starts at once, costs its caller milliseconds, and never raises.
"""

from tracemill.capture.collector import KINDS, emit

__all__ = ["KINDS", "emit"]
