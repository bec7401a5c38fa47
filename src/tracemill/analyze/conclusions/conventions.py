"""Conventions: what the code that a program's rules let through has in common, read off its tree.

Names count, not texts: which decorators and base classes are used, how names end, what functions
return and call, and of which types the parameters are that are given by name alone, as where
services are handed in.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from tracemill.base.python_code.syntax import parse_python
from tracemill.records.events.team_artifacts import ArtifactReport
from tracemill.records.process.conventions import Convention, ConventionForm, ConventionList
from tracemill.stats import wilson

LEAST_SHARE: Final = 0.5
LEAST_CASES: Final = 3
_WORD: Final = re.compile(r"_?[A-Za-z][a-z0-9]*$")
"""How a name ends: its last word, with the line before it."""


class Trait(NamedTuple):
    """One thing that code does in a certain way."""

    form: ConventionForm
    name: str


class _Seen:
    """Attempts of one type, and what they hold."""

    def __init__(self) -> None:
        self.n = {True: 0, False: 0}
        self.traits: dict[bool, Counter[Trait]] = {True: Counter(), False: Counter()}


def conventions(reports: Iterable[ArtifactReport], least: float = LEAST_SHARE) -> ConventionList:
    """Return what at least a share of the attempts that were let through hold, by their type."""
    seen: defaultdict[str, _Seen] = defaultdict(_Seen)
    n_unread = 0
    for report in reports:
        accepted = report.is_accepted
        if accepted is None or report.generated_code is None or report.artifact_type is None:
            continue
        traits = traits_of(report.generated_code)
        if traits is None:
            n_unread += 1
            continue
        held = seen[report.artifact_type]
        held.n[accepted] += 1
        held.traits[accepted].update(traits)
    found = tuple(each for name in sorted(seen) for each in _shared(name, seen[name], least))
    return ConventionList(conventions=found, n_unread=n_unread)


def traits_of(code: str) -> set[Trait] | None:
    """Return what code does in which way; None where it is no Python."""
    tree = parse_python(code)
    if tree is None:
        return None
    return {trait for node in ast.walk(tree) for trait in _traits(node)}


def _shared(artifact: str, held: _Seen, least: float) -> Iterator[Convention]:
    of = held.n[True]
    for trait, n in sorted(held.traits[True].items(), key=lambda each: (-each[1], each[0])):
        if n < LEAST_CASES or n < least * of:
            continue
        share = wilson(n, of)
        yield Convention(
            artifact=artifact,
            form=trait.form,
            name=trait.name,
            n=n,
            of=of,
            low=share.low,
            high=share.high,
            n_refused=held.traits[False][trait],
            of_refused=held.n[False],
        )


def _traits(node: ast.AST) -> Iterator[Trait]:
    if isinstance(node, ast.Call) and (name := _name(node.func)):
        yield Trait("calls", name)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield from (
            Trait("decorator", name) for each in node.decorator_list if (name := _name(each))
        )
        ending = _WORD.search(node.name)
        if ending and ending[0] != node.name:
            yield Trait("ending", ending[0])
    if isinstance(node, ast.ClassDef):
        yield from (Trait("base", name) for each in node.bases if (name := _name(each)))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        if name := _name(node.returns):
            yield Trait("returns", name)
        for each in node.args.kwonlyargs:
            if name := _name(each.annotation):
                yield Trait("keyword_only", name)


def _name(node: ast.AST | None) -> str | None:
    """Return a name as code writes it, without what it is called or filled with."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            owner = _name(value)
            return f"{owner}.{attribute}" if owner else None
        case ast.Call(func=called):
            return _name(called)
        case ast.Subscript(value=value):
            return _name(value)
    return None
