"""From an order to a synthetic example: a graph is played, and everything that happened recorded.

The same order, seed and project give the same example. Work that does not turn out as it should is
tried again with other luck, and each time is counted under its name.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from tracemill.base.ids import digest, make_id
from tracemill.records.canonical import canonical_json
from tracemill.records.datasets.examples import SYNTHETIC, ChatExample, Lineage, Message
from tracemill.records.refs import Record, Span
from tracemill.records.synth.made_up import SyntheticExample, TaskGraph
from tracemill.synth import SYNTH_VERSION
from tracemill.synth.coverage import Place
from tracemill.synth.graphs import Graph, graphs
from tracemill.synth.phrasing import phrases, template_of
from tracemill.synth.project import NAME, project_digest
from tracemill.synth.scene import Luck, Scene
from tracemill.synth.skins import Skin, skins
from tracemill.synth.taxonomy import load_taxonomy
from tracemill.synth.telling import Bench, declared, tool_table

GENERATOR: Final = "task-graph"
_LEAST_TOOLS: Final = 5
_DIGITS: Final = 15
_AGAIN: Final = 101
"""How far an attempt stands off from the one before, in what comes round."""


class Order(Record, frozen=True, kw_only=True):
    """One example to make."""

    category: str
    """The category."""
    part: str
    """The sub-category."""
    number: int
    """Which one of its part it is."""
    seed: int
    """What is drawn with."""


class Made(NamedTuple):
    """An example, with what it was made of."""

    example: SyntheticExample
    line: bytes
    """Every request and answer, as one line of JSON: what its lineage points at."""


def order_all(wanted: Mapping[Place, int], first: Mapping[Place, int], seed: int) -> list[Order]:
    """Return an order for each example, parts by turns, so that whoever stops early has of all."""
    orders = [
        (number - first.get(place, 0), place, number)
        for place, n in wanted.items()
        for number in range(first.get(place, 0), first.get(place, 0) + n)
    ]
    known = graphs()
    return [
        Order(category=place.category, part=place.part, number=number, seed=seed)
        for _, place, number in sorted(orders, key=lambda each: (each[0], each[1]))
        if "/".join(place) in known
    ]


class Cast(NamedTuple):
    """What is played for an order, at one attempt."""

    graph: Graph
    skin: Skin
    luck: Luck


def cast(order: Order, attempt: int) -> Cast:
    """Return what is played: graphs of a part by turns, each of them in every skin by turns.

    Where the turns begin follows from the seed, so that short runs do not all begin alike.
    """
    some = graphs()[f"{order.category}/{order.part}"]
    parts = (str(order.seed), order.category, order.part, str(order.number), str(attempt))
    drawn = random.Random(int(digest(*parts)[:_DIGITS], 16))  # noqa: S311 - no secret
    turn, place = divmod(order.number, len(some))
    begins = int(digest(*parts[:3])[:_DIGITS], 16) % _AGAIN
    number = begins + turn + _AGAIN * attempt
    luck = Luck(drawn, number, place)
    return Cast(some[place], skins()[number % len(skins())], luck)


def play(part: Cast, bench: Bench, absent: frozenset[str]) -> Scene:
    """Play a scene on a bench that wears its skin.

    Raises:
        UnfitError: the work does not turn out as it should.
    """
    scene = Scene(bench, part.skin, part.luck, absent)
    scene.tags += [f"graph:{part.graph.__name__}", f"skin:{part.skin.name}"]
    part.graph(scene)
    return scene


def tell(scene: Scene, order: Order) -> Made:
    """Return the example of a scene that was played to its end."""
    shows = load_taxonomy().part(order.category, order.part).shows
    graph = _graph(scene)
    line = canonical_json({"graph": graph, "order": order}) + b"\n"
    example = _example(scene, order, shows, line)
    asked = "\n".join(each.content for each in example.messages if each.role == "user")
    made = SyntheticExample(
        id=example.id,
        example=example,
        category=order.category,
        part=order.part,
        personas=shows,
        language=scene.language,
        generator=GENERATOR,
        generator_version=SYNTH_VERSION,
        seed=order.seed,
        template=template_of(asked, scene.names),
        graph=graph,
        execution="executed" if graph.steps else "no_calls",
        cost_usd=0.0,
    )
    return Made(made, line)


def _graph(scene: Scene) -> TaskGraph:
    """Return what was done in a scene, call by call."""
    return TaskGraph(
        name=scene.tags[0].removeprefix("graph:"),
        project=f"{scene.skin.name}@{project_digest()}" if scene.tell.steps else None,
        setup=scene.setup,
        steps=tuple(scene.tell.steps),
        ending=scene.ending,
    )


def _example(scene: Scene, order: Order, shows: Sequence[str], line: bytes) -> ChatExample:
    """Return what is learned from a scene; `line` is what it was made from."""
    messages, tools = _messages(scene), declared(_tools(scene))
    tags = (
        SYNTHETIC,
        f"generator:{GENERATOR}",
        f"category:{order.category}",
        f"part:{order.category}/{order.part}",
        *(f"persona:{each}" for each in shows),
        *scene.tags,
    )
    return ChatExample(
        id=make_id("example", canonical_json(messages), canonical_json(tools)),
        messages=messages,
        tools=tools,
        lineage=(_lineage(line, len(messages)),),
        tags=tuple(sorted(tags)),
    )


def _messages(scene: Scene) -> tuple[Message, ...]:
    system = scene.skin.on(scene.pick(phrases()["systems"]))
    return (Message(role="system", content=system), *scene.tell.messages)


def _tools(scene: Scene) -> Sequence[str]:
    """Return the tools that are declared: those used, and others that might have been."""
    used = {step.tool for step in scene.tell.steps}
    others = sorted(tool_table().keys() - used - scene.hidden - scene.absent)
    least = max(0, _LEAST_TOOLS - len(used))
    n = scene.drawn.randint(min(least, len(others)), len(others))
    return [*used, *scene.drawn.sample(others, n)]


def _lineage(line: bytes, n_messages: int) -> Lineage:
    content = hashlib.sha256(line).hexdigest()
    own = make_id("synth", content)
    return Lineage(
        episode_id=own,
        trajectory_id=own,
        first_step=0,
        last_step=n_messages - 1,
        input_id=own,
        uri=f"synth:{NAME}",
        content=content,
        span=Span(start=0, end=len(line)),
    )
