"""What a model says of people's turns, asked as the product asks it, against turns judged by hand.

    python benchmarks/ask_reactions.py questions FILE [FOLDER] [--n 360]
    python benchmarks/ask_reactions.py score FILE [FOLDER] [--n 360] --answers ANSWERS
    python benchmarks/ask_reactions.py guided FILE FOLDER [--answers ANSWERS]
    python benchmarks/ask_reactions.py aside FOLDER
    python benchmarks/ask_reactions.py readers

`questions` draws judged turns, at least 50 of each class where there are so many, and writes one line
of JSON for each: `id`, and `prompt`, which is what `tracemill review turns` would send. Nothing in them
tells what the turn was judged to be, and they stand in no order. Any model may answer; ANSWERS has one
line of JSON for each, `id` and `answer`, its words as they came. `score` reads them as the product does,
and prints, for each class, precision and recall of the rules that are sure, of the model, of both as
the policies put them together, and where the model differs.

A class that was drawn more often than others counts for less, so that the shares are those of all
judged turns at hand; n counts turns, and the 95 % intervals (Wilson) go by how many turns that many
unequal ones are worth (Kish). The rules are those of fits without the turn's project. FOLDER holds the
logs of open projects in which some of the turns stand; what is not at hand is counted.

`guided` does both for turns of people whom no rule knew, which readers of the guide judged: the questions
without ANSWERS; with them how the readers agree, and how the rules as they are shipped and the model do
beside each of the two. `aside` tells how the rules as they are shipped do on the part of these turns that
no weight is fitted to and that nobody looked at who mended the rules, and on the rest. `readers` holds the
readers of the second lot against one another, which needs no logs.
"""

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import msgspec
from reaction_turns import (
    HELD_OUT,
    LOTS,
    NOBODY,
    PARTS,
    Guided,
    Judged,
    Spoken,
    Turn,
    guided,
    judged,
    spoken,
    spoken_in,
)  # fmt: skip
from weigh_reactions import left_out

from tracemill.label.model_judge import is_asked, standing
from tracemill.label.reactions import asking
from tracemill.label.reactions.speech import Heard, hear, is_doubtful
from tracemill.records.asking import Policy
from tracemill.records.sessions.reactions import is_sure
from tracemill.records.sessions.turn_labels import AnswerFault
from tracemill.review.agreement import cohens_kappa
from tracemill.stats.intervals import wilson

SEED: Final = 20_261_122
AT_LEAST: Final = 50
CLASSES: Final = (
    "acceptance", "rephrase", "correction", "refinement", "clarification", "continuation",
)  # fmt: skip
"""The rarest first: a turn of two classes is drawn as one of the rarer."""

READERS: Final = {
    "second": (("third", "first"), ("fourth", "first"), ("third", "fourth")),
    "fifth": (("third", "first"), ("third", "second"), ("second", "first")),
}
"""Who is held against whom, lot by lot."""

Kinds = frozenset[str]
Line = TypeVar("Line")
Said = tuple[Heard, ...] | AnswerFault


class Drawn(NamedTuple):
    """A judged turn, and how many of those at hand it stands for."""

    turn: Turn
    classes: Kinds
    weight: float


class Asked(msgspec.Struct, frozen=True):
    """One line of questions."""

    id: str
    prompt: str


class Answered(msgspec.Struct, frozen=True):
    """One line of answers."""

    id: str
    answer: str


def questions(file: Path, folder: Path | None, n: int) -> None:
    """Write the questions about the turns that are drawn."""
    known, found = at_hand(folder)
    lines = [Asked(name_of(each.turn), prompt(found[each.turn])) for each in draw(known, n)]
    file.write_bytes(msgspec.json.Encoder().encode_lines(lines))
    drawn = Counter(kind for each in draw(known, n) for kind in each.classes)
    told = ", ".join(f"{kind} {count}" for kind, count in sorted(drawn.items()))
    print(f"{len(lines)} questions, {sum(len(each.prompt) for each in lines):,} characters: {told}")


def at_hand(folder: Path | None) -> tuple[dict[Turn, Judged], dict[Turn, Spoken]]:
    """Return the judged turns that can be asked about, and say how many cannot."""
    known = {turn: each for turn, each in judged().items() if each.part != HELD_OUT}
    found = spoken(folder)
    missing = Counter(each.project for turn, each in known.items() if turn not in found)
    here = {turn: each for turn, each in known.items() if turn in found}
    print(f"{len(here)} of {len(known)} judged turns are at hand; the logs of these are not:")
    print(", ".join(f"{project} ({count})" for project, count in missing.most_common()) or "none")
    return here, found


def draw(known: Mapping[Turn, Judged], n: int) -> list[Drawn]:
    """Return turns by chance, in no order: some of each class, and others by how many there are."""
    chance = random.Random(SEED)
    strata: defaultdict[str, list[Turn]] = defaultdict(list)
    for turn in sorted(known):
        classes = known[turn].classes
        strata[next((kind for kind in CLASSES if kind in classes), "other")].append(turn)
    takes = {kind: min(AT_LEAST, len(turns)) for kind, turns in strata.items()}
    share = (n - sum(takes.values())) / max(1, len(known) - sum(takes.values()))
    drawn = []
    for kind, turns in sorted(strata.items()):
        take = takes[kind] + round(max(0.0, min(1.0, share)) * (len(turns) - takes[kind]))
        weight = len(turns) / take
        drawn += [Drawn(t, known[t].classes, weight) for t in chance.sample(turns, take)]
    chance.shuffle(drawn)
    return drawn


def name_of(turn: Turn) -> str:
    """Return an id that tells nothing but which turn it is."""
    return blake2b(f"{turn.trajectory} {turn.step}".encode(), digest_size=6).hexdigest()


def prompt(said: Spoken) -> str:
    """Return what the product would send, as one text."""
    asked = asking.question(asking.Turn(said.text, said.before, said.reply))
    return "\n\n".join(each.content for each in asked)


def score(file: Path, folder: Path | None, n: int, answers: Path) -> None:
    """Print how well the rules and the model tell those of the drawn turns that it answered."""
    known, found = at_hand(folder)
    ruled = left_out(found, known)
    texts = {each.id: turn_in(each.prompt) for each in lines_of(file, Asked)}
    given: dict[str, Said] = {
        each.id: asking.read_answer(each.answer, texts[each.id])
        for each in lines_of(answers, Answered)
    }
    asked = draw(known, n)
    drawn = [each for each in asked if name_of(each.turn) in given]
    said = {each.turn: given[name_of(each.turn)] for each in drawn}
    print(f"\n{len(drawn)} of {len(asked)} drawn turns were answered; {len(given)} answers in all")
    faults = Counter(each for each in said.values() if isinstance(each, str))
    print(f"answers that say nothing: {dict(faults) or 'none'}")
    for title, readings in readings_of(ruled, said).items():
        print(f"\n{title}")
        table(drawn, readings)
        for part in PARTS:
            of_part = [each for each in drawn if known[each.turn].part == part]
            right = [each for each in of_part if each.classes & readings[each.turn]]
            print(f"  {'of the ' + part + ' part':44} {share(right, of_part)}")
    differences(drawn, said)


def guided_turns(file: Path, folder: Path, answers: Path | None) -> None:
    """Write the questions about turns judged by the guide, or print how they were answered."""
    here, found = guided_at_hand(folder)
    if answers is None:
        lines = [Asked(name_of(turn), prompt(found[turn])) for turn in here]
        file.write_bytes(msgspec.json.Encoder().encode_lines(lines))
        return
    for lot in LOTS:
        agreement([each for each in here.values() if each.lot == lot and each.second])
    given = {each.id: each.answer for each in lines_of(answers, Answered)}
    ruled = {turn: hear(found[turn].text, found[turn].before, found[turn].reply) for turn in here}
    texts = {each.id: turn_in(each.prompt) for each in lines_of(file, Asked)}
    said: dict[Turn, Said] = {
        turn: asking.read_answer(given[name_of(turn)], texts[name_of(turn)])
        for turn in here
        if name_of(turn) in given
    }
    for title, readings in readings_of(ruled, said).items():
        for reader in ("first", "second"):
            print(f"\n{title}, beside the {reader} reader")
            beside = {t: getattr(here[t], reader) for t in said if getattr(here[t], reader)}
            table([Drawn(t, classes, here[t].weight) for t, classes in beside.items()], readings)


def readers() -> None:
    """Print how readers of two lots do beside one another, each turn once and by what it stands for."""
    for name, beside in READERS.items():
        lot = {turn: each for turn, each in guided().items() if each.lot == name}
        whole = {turn: each for turn, each in lot.items() if _is_of_people(each, beside)}
        print(f"\n{name} lot: {len(whole)} of {len(lot)} turns are by people for all")
        for one, other in beside:
            told = {turn: getattr(each, one) for turn, each in whole.items()}
            for is_weighted in (False, True):
                print(f"\nthe {one} reader, beside the {other}{', weighted' * is_weighted}")
                drawn = [
                    Drawn(turn, getattr(each, other), each.weight if is_weighted else 1)
                    for turn, each in whole.items()
                ]
                table(drawn, told)


def _is_of_people(each: Guided, beside: Iterable[tuple[str, str]]) -> bool:
    """Tell whether all these readers judged a turn, and none of them gives it to a program."""
    told = [getattr(each, reader) for pair in beside for reader in pair]
    return all(told) and not any(NOBODY in kinds for kinds in told)


def guided_at_hand(folder: Path) -> tuple[dict[Turn, Guided], dict[Turn, Spoken]]:
    """Return the turns judged by the guide that stand in the logs below a folder."""
    known = guided()
    found = spoken_in(folder, known)
    here = {turn: each for turn, each in known.items() if turn in found}
    print(f"{len(here)} of {len(known)} turns judged by the guide are at hand")
    return here, found


def aside(folder: Path) -> None:
    """Print how the rules do on the turns that were kept aside, and on the rest."""
    here, found = guided_at_hand(folder)
    ruled = {turn: hear(found[turn].text, found[turn].before, found[turn].reply) for turn in here}
    for lot in LOTS:
        for is_aside in (True, False):
            turns = [t for t, each in here.items() if (each.lot, each.is_aside) == (lot, is_aside)]
            drawn = [Drawn(turn, here[turn].first, 1) for turn in turns]
            n_projects = len({here[turn].project for turn in turns})
            print(
                f"\n{lot} lot, {'kept aside' if is_aside else 'mended on'}: {n_projects} projects"
            )
            heard = {turn: frozenset(each.kind for each in ruled[turn]) for turn in turns}
            table(drawn, heard)
            table(drawn, {turn: frozenset(e.kind for e in sure(ruled[turn])) for turn in turns})


def agreement(judged_twice: Sequence[Guided]) -> None:
    """Print how often two readers give the same classes, and Cohen's kappa of each class."""
    same = sum(each.first == each.second for each in judged_twice)
    shared = sum(bool(each.first & each.second) for each in judged_twice)
    n = len(judged_twice)
    print(f"two readings of {n}: the same classes in {same}, one in common in {shared}")
    for kind in sorted({kind for each in judged_twice for kind in each.first | each.second}):
        pairs = [(kind in each.first, kind in each.second) for each in judged_twice]
        print(f"  {kind:15} {sum(a for a, _ in pairs):4} {sum(b for _, b in pairs):4}", end="")
        print(f"   kappa {cohens_kappa(pairs):.2f}")


def turn_in(prompt: str) -> str:
    """Return the turn as it was shown: names of people in it are other ones in each workspace."""
    document = prompt[prompt.index('\n\n{"asked_earlier"') :]
    return str(msgspec.json.decode(document)["turn"])


def lines_of(file: Path, of: type[Line]) -> Iterator[Line]:
    return (msgspec.json.decode(line, type=of) for line in file.read_bytes().splitlines())


def readings_of(
    ruled: Mapping[Turn, tuple[Heard, ...]], said: Mapping[Turn, Said]
) -> dict[str, dict[Turn, Kinds]]:
    """Return what is told of each turn, by who tells it."""

    def of(told: Callable[[Turn], Iterable[Heard]]) -> dict[Turn, Kinds]:
        return {turn: frozenset(each.kind for each in told(turn)) for turn in said}

    def by(policy: Policy) -> Callable[[Turn], tuple[Heard, ...]]:
        def told(turn: Turn) -> tuple[Heard, ...]:
            if not is_asked(policy, is_doubtful=is_doubtful(ruled[turn])):
                return ruled[turn]
            answer, kinds = said[turn], {each.kind for each in ruled[turn]}
            heard = answer if isinstance(answer, tuple) else ()
            both = tuple(each for each in heard if each.kind in kinds)
            return standing(policy, ruled[turn], heard, both)

        return told

    alone = by("all")
    n_asked = sum(is_doubtful(ruled[turn]) for turn in said)
    return {
        "the rules, all that they hear": of(ruled.__getitem__),
        "the rules, where they are sure": of(lambda turn: sure(ruled[turn])),
        "the model": of(lambda turn: [] if isinstance(said[turn], str) else alone(turn)),
        "the model, where it is sure": of(
            lambda turn: () if isinstance(said[turn], str) else sure(alone(turn))
        ),
        f"unsure: the model in {n_asked} turns, else the rules": of(by("unsure")),
        "unsure, where whoever tells it is sure": of(lambda turn: sure(by("unsure")(turn))),
        "agree: what both say": of(by("agree")),
    }


def sure(heard: Iterable[Heard]) -> tuple[Heard, ...]:
    """Return what is told surely enough to go by."""
    return tuple(each for each in heard if is_sure(each.kind, each.confidence, each.rule))


def table(drawn: Sequence[Drawn], told: Mapping[Turn, Kinds]) -> None:
    """Print precision and recall of each class."""
    print(f"  {'class':15} {'precision':>28} {'recall':>28}")
    for kind in sorted({kind for each in drawn for kind in each.classes} - {"none"}):
        said = {each for each in drawn if kind in told[each.turn]}
        true = {each for each in drawn if kind in each.classes}
        print(f"  {kind:15} {share(said & true, said)} {share(said & true, true)}")
    right = {each for each in drawn if each.classes & told[each.turn]}
    print(f"  {'a class is right':44} {share(right, drawn)}")


def share(some: Iterable[Drawn], of: Collection[Drawn]) -> str:
    """Return the share of turns at hand that some of these stand for, with its interval."""
    if not of:
        return f"{'unknown (n=0)':>28}"
    whole, right = sum(each.weight for each in of), sum(each.weight for each in some)
    worth = whole**2 / sum(each.weight**2 for each in of)
    low, high = wilson(round(right / whole * worth), round(worth))
    return f"{right / whole:.2f} ({low:.2f} to {high:.2f}, n={len(of)})".rjust(28)


def differences(drawn: Sequence[Drawn], said: Mapping[Turn, Said]) -> None:
    """Print which class the model gives where none of its classes is the judged one."""
    pairs: Counter[tuple[str, str]] = Counter()
    for each in drawn:
        answer = said[each.turn]
        kinds = {heard.kind for heard in answer} if isinstance(answer, tuple) else {answer}
        if not kinds & each.classes:
            pairs["+".join(sorted(each.classes)), "+".join(sorted(kinds))] += 1
    print("\njudged to be, told by the model: turns")
    for (true, told), count in pairs.most_common():
        print(f"  {true}, {told}: {count}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    verbs = parser.add_subparsers(required=True, dest="verb")
    for verb in ("questions", "score"):
        its = verbs.add_parser(verb)
        its.add_argument("file", type=Path)
        its.add_argument("folder", type=Path, nargs="?")
        its.add_argument("--n", type=int, default=360, help="how many turns are drawn")
    verbs.choices["score"].add_argument("--answers", type=Path, required=True)
    its = verbs.add_parser("guided")
    its.add_argument("file", type=Path)
    its.add_argument("folder", type=Path)
    its.add_argument("--answers", type=Path)
    verbs.add_parser("aside").add_argument("folder", type=Path)
    verbs.add_parser("readers")
    given = parser.parse_args()
    if given.verb == "readers":
        readers()
    elif given.verb == "aside":
        aside(given.folder)
    elif given.verb == "guided":
        guided_turns(given.file, given.folder, given.answers)
    elif given.verb == "questions":
        questions(given.file, given.folder, given.n)
    else:
        score(given.file, given.folder, given.n, given.answers)


if __name__ == "__main__":
    main()
