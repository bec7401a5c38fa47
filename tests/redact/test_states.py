"""A pattern more must not multiply the states that RE2 makes of a pass, as some have done.

States are made while a text is read, one for each combination of how far the patterns of a pass have
come. Nothing tells how many there are but the memory that they take.
"""

from __future__ import annotations

import ctypes
from collections import defaultdict
from random import Random

import pytest
import re2

from tests.redact.templates import fill
from tracemill.redact.detectors.roster import all_detectors
from tracemill.redact.pseudonyms import Pseudonyms
from tracemill.redact.rules import Rules
from tracemill.redact.scanning.calls import Ends
from tracemill.redact.scanning.prefilters import Re2Prefilter

MIB = 2**20
MOST_OF_A_PASS = 12 * MIB
MOST_OF_ALL = 26 * MIB
N_LINES = 1_000
WORDS_A_LINE = 12


class Allocated(ctypes.Structure):
    """What glibc says of the memory that a program has asked for, in bytes."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


def allocated() -> int:
    """Return how many bytes are allocated right now, by what is not Python."""
    try:
        ask = ctypes.CDLL(None).mallinfo2
    except AttributeError:
        pytest.skip("only glibc says how much memory is allocated")
    ask.restype = Allocated
    told = ask()
    return int(told.uordblks + told.hblkhd)


def made_up() -> bytes:
    """Return lines of the words of all examples, in the same order every time."""
    examples = [
        fill(text) for rule in Rules.shipped().lines for text in (*rule.finds, *rule.ignores)
    ]
    examples.append("ada@exämple.org")  # what no rule of the files looks for
    words = sorted({word for text in examples for word in text.split()})
    draw = Random(8)
    return "\n".join(" ".join(draw.choices(words, k=WORDS_A_LINE)) for _ in range(N_LINES)).encode()


def test_no_pass_makes_more_states_than_a_processor_can_keep_at_hand() -> None:
    text = made_up()
    re2.purge()  # or states are there already, of texts that other tests have read
    passes = Re2Prefilter(all_detectors(Rules.shipped(), Pseudonyms(bytes(32))))._patterns
    took = []
    for each in passes:
        before = allocated()
        found: Ends = defaultdict(list)
        each.find(text, found)
        took.append(allocated() - before)
        assert found

    assert max(took) < MOST_OF_A_PASS, [f"{n / MIB:.1f} MiB" for n in took]
    assert sum(took) < MOST_OF_ALL, [f"{n / MIB:.1f} MiB" for n in took]
    assert sum(took) > 4 * MIB  # or what was measured is something else
