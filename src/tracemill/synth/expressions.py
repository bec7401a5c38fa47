"""Small Python expressions whose value can be worked out without running them.

They are drawn; what they give is found out by running them, and `why` says it in words.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final, NamedTuple

_WORDS: Final = (
    "lentils", "flour", "oats", "honey", "barley", "paprika", "sesame", "walnuts", "yeast",
    "vinegar", "saffron", "thyme", "quinoa", "raisins", "cocoa", "ginger", "mustard", "almonds",
)  # fmt: skip


class Expression(NamedTuple):
    """An expression, and what is to be said of its value."""

    text: str
    why: str


def draw_expression(drawn: random.Random) -> Expression:
    """Return an expression whose value follows from the language alone."""
    return drawn.choice(_KINDS)(drawn)


def _slice(drawn: random.Random) -> Expression:
    word, first = drawn.choice(_WORDS), drawn.randint(0, 2)
    last = first + drawn.randint(1, 3)
    return Expression(
        f"{word!r}[{first}:{last}]", "A slice [leaves its end out|ends before its end]"
    )


def _backwards(drawn: random.Random) -> Expression:
    word = drawn.choice(_WORDS)
    return Expression(f"{word!r}[::-1]", "[A step of -1|The step -1] goes through it backwards")


def _from_end(drawn: random.Random) -> Expression:
    some, n = drawn.sample(_WORDS, 4), drawn.randint(1, 3)
    return Expression(
        f"{some!r}[-{n}]", "Negative places count from the end, and -1 is the last one"
    )


def _floor(drawn: random.Random) -> Expression:
    number, by = drawn.randint(5, 90), drawn.randint(2, 9)
    return Expression(
        f"-{number} // {by}", "`//` rounds [down|towards minus infinity], not towards zero"
    )


def _modulo(drawn: random.Random) -> Expression:
    number, by = drawn.randint(5, 90), drawn.randint(2, 9)
    return Expression(
        f"-{number} % {by}", "In Python the rest has the sign of [the divisor|what is divided by]"
    )


def _divmod(drawn: random.Random) -> Expression:
    number, by = drawn.randint(20, 400), drawn.randint(3, 17)
    return Expression(
        f"divmod({number}, {by})", "[Quotient first, then the rest|That is quotient and rest]"
    )


def _round(drawn: random.Random) -> Expression:
    number = drawn.randint(1, 40)
    return Expression(f"round({number}.5)", "Half way, `round` goes to the even neighbour")


def _format(drawn: random.Random) -> Expression:
    number, digits = drawn.randint(1000, 99999) / 1000, drawn.randint(0, 2)
    return Expression(
        f"f'{{{number}:.{digits}f}}'",
        f"`.{digits}f` keeps {digits} digits after the point, and rounds",
    )


def _width(drawn: random.Random) -> Expression:
    word, width = drawn.choice(_WORDS), drawn.randint(9, 13)
    side, says = drawn.choice((("<", "left"), (">", "right"), ("^", "centre")))
    return Expression(
        f"format({word!r}, '{side}{width}')",
        f"`{side}{width}` fills it up to {width} characters, with the text to the {says}",
    )


def _grouped(drawn: random.Random) -> Expression:
    return Expression(
        f"f'{{{drawn.randint(10**4, 10**8)}:,}}'", "`,` groups the digits [by three|by thousands]"
    )


def _split(drawn: random.Random) -> Expression:
    some = drawn.sample(_WORDS, 3)
    return Expression(
        f"{'  '.join(some)!r}.split(' ')", "With a separator, empty texts between two of it stay"
    )


def _split_all(drawn: random.Random) -> Expression:
    some = drawn.sample(_WORDS, 3)
    return Expression(
        f"{'  '.join(some)!r}.split()", "Without a separator, runs of white space count as one"
    )


def _partition(drawn: random.Random) -> Expression:
    one, other, third = drawn.sample(_WORDS, 3)
    return Expression(
        f"'{one}: {other}: {third}'.partition(': ')",
        "[It splits once|Only the first separator counts]",
    )


def _strip(drawn: random.Random) -> Expression:
    word = drawn.choice(_WORDS)
    signs = "".join(dict.fromkeys(word[-1] + word[-2] + "e"))
    return Expression(
        f"{word!r}.rstrip({signs!r})", "`rstrip` takes a set of characters, not an ending"
    )


def _sorted(drawn: random.Random) -> Expression:
    some = drawn.sample(_WORDS, 4)
    return Expression(
        f"sorted({some!r}, key=len)",
        "Sorting is stable: of equal lengths the earlier one stays first",
    )


def _zip(drawn: random.Random) -> Expression:
    some, n = drawn.sample(_WORDS, 3), drawn.randint(4, 6)
    return Expression(f"list(zip({some!r}, range({n})))", "`zip` stops with the shorter one")


def _or(drawn: random.Random) -> Expression:
    empty, word = drawn.choice(("''", "0", "[]", "None")), drawn.choice(_WORDS)
    return Expression(f"{empty} or {word!r}", "`or` gives its first true part, else the last one")


def _and(drawn: random.Random) -> Expression:
    empty, word = drawn.choice(("''", "0", "[]", "None")), drawn.choice(_WORDS)
    return Expression(
        f"{empty} and {word!r}", "`and` gives its first false part, else the last one"
    )


def _range(drawn: random.Random) -> Expression:
    first, step = drawn.randint(0, 4), drawn.randint(2, 4)
    return Expression(
        f"list(range({first}, {first + step * drawn.randint(2, 4)}, {step}))", "The end is left out"
    )


def _get(drawn: random.Random) -> Expression:
    one, other, number = *drawn.sample(_WORDS, 2), drawn.randint(2, 90)
    return Expression(
        f"{{{one!r}: {number}}}.get({other!r}, 0)", "The key is missing, so the default comes back"
    )


def _merge(drawn: random.Random) -> Expression:
    one, other = drawn.sample(_WORDS, 2)
    return Expression(
        f"{{{one!r}: 1, {other!r}: 2}} | {{{one!r}: {drawn.randint(3, 99)}}}",
        "The right one wins, and a key keeps its place",
    )


def _sets(drawn: random.Random) -> Expression:
    some = drawn.sample(_WORDS, 4)
    return Expression(f"sorted(set({some[:3]!r}) & set({some[1:]!r}))", "`&` keeps what both hold")


def _title(drawn: random.Random) -> Expression:
    one, other = drawn.sample(_WORDS, 2)
    text = f"{one}'s {other}"
    return Expression(f"{text!r}.title()", "`title` begins a new word after the apostrophe, too")


def _chained(drawn: random.Random) -> Expression:
    one, two, three = (drawn.randint(1, 9) for _ in range(3))
    return Expression(f"{one} < {two} < {three}", f"It means `{one} < {two} and {two} < {three}`")


def _booleans(drawn: random.Random) -> Expression:
    some = [drawn.randint(1, 20) for _ in range(5)]
    return Expression(
        f"sum(n > {drawn.randint(5, 12)} for n in {some})", "`True` counts as 1, so the sum counts"
    )


def _unpacked(drawn: random.Random) -> Expression:
    some = drawn.sample(_WORDS, 4)
    return Expression(
        f"(lambda first, *rest: rest)(*{some!r})", "`*rest` takes what is left, as a tuple"
    )


_KINDS: Final[tuple[Callable[[random.Random], Expression], ...]] = (
    _slice, _backwards, _from_end, _floor, _modulo, _divmod, _round, _format, _width, _grouped,
    _split, _split_all, _partition, _strip, _sorted, _zip, _or, _and, _range, _get, _merge, _sets,
    _title, _chained, _booleans, _unpacked,
)  # fmt: skip
