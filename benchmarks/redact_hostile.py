"""Redaction of texts that were made to take long: twice the text may take no more than 2.5 times.

Reads the hostile texts beside the corpora as they are, at half, full and twice their length, and then,
like pieces of our own, repeated to 10 MB. All is timed in CPU seconds. Ordinary is the text of real
sessions, or a line of code again and again where there are none.
"""

from __future__ import annotations

import argparse
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

from measuring import shared_data

from redact import records, texts_of
from tracemill.records.privacy.findings import UNSCANNED
from tracemill.redact import ENGINES, Redactor, best_engine

KEY = bytes(32)
PIECES = {
    "key headers": "-----BEGIN RSA PRIVATE KEY-----\n",
    "assignments": 'password="a" token=b secret: c\n',
    "names and values": '{"name": "token", "value": 1}',
    "heads of tables": "password,token\n",
    "manifests": "kind: Secret\ndata:\n",
    "services": "wandb ",
    "dashes": "a-b-c-d_",
    "colours": "a\x1b[1mb",
    "percent signs": "%61%3d",
    "one letter": "A",
    "addresses": "https://a:b@c ",
    "words": "the password for the key is ",
    "home folders": "/home/ada/",
    "brackets": "[SECRET:",
    "names of keys on lines": "token:\n",
    "Base64": "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo",
}
FAST = 0.2
ORDINARY = "def read(path: Path) -> str:\n    return path.read_text()  # as it stands there\n"


def foreign(folder: Path) -> Iterator[tuple[str, str]]:
    with tarfile.open(folder / "security" / "adversarial.tar.xz") as archive:
        for member in archive:
            if "/redos/" in member.name and (file := archive.extractfile(member)):
                yield Path(member.name).stem, file.read().decode("utf-8", "replace")


def sessions(data: Path) -> Iterator[str]:
    """Yield texts of real sessions, as `redact.py` reads them."""
    for half in range(2):
        yield from texts_of(list(records(data / "formats", half)))


def seconds(redactor: Redactor, text: str) -> float:
    best = 1e9
    for _ in range(3):
        began = time.process_time()
        redactor.text(text)
        best = min(best, time.process_time() - began)
        if best > 1:
            break
    return best


def is_linear(name: str, redactor: Redactor, text: str) -> bool:
    half, whole = (seconds(redactor, text[: len(text) // n]) for n in (2, 1))
    twice = seconds(redactor, text + text)
    is_linear = twice <= 2.5 * max(whole, 0.004)
    print(
        f"{name:<26}{len(text) / 1e6:6.1f} MB {half:7.3f} {whole:7.3f} {twice:7.3f} s "
        f"{twice / max(whole, 1e-4):5.2f} {'' if is_linear else 'NOT LINEAR'}"
    )
    return is_linear


def ordinary_speed(redactor: Redactor, texts: list[str]) -> float:
    """Return how many MB a second are read of texts that are looked at together, as in a run."""
    redactor.locate(texts)  # patterns are made when they are first called
    n_bytes = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
    times = []
    for _ in range(3):
        began = time.process_time()
        redactor.locate(texts)
        times.append(time.process_time() - began)
    return n_bytes / 1e6 / min(times)


def share(name: str, redactor: Redactor, text: str, speed: float) -> float:
    """Print how fast a text is read beside ordinary ones, and return it."""
    took = seconds(redactor, text)
    own = len(text) / 1e6 / took
    fate = "taken out whole" if redactor.text(text).startswith(UNSCANNED) else ""
    print(f"{name:<26}{took:7.3f} s {own:8.1f} MB/s {own / speed:7.2f}  {fate}")
    return own / speed


def grown(piece: str, n_bytes: int) -> str:
    return (piece * (n_bytes // len(piece) + 1))[:n_bytes]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", default=best_engine(), choices=ENGINES)
    parser.add_argument("--mb", type=int, default=10, help="how long texts are made")
    options = parser.parse_args()
    redactor = Redactor(KEY, engine=options.engine)
    data = shared_data()
    n_bytes = options.mb * 1_000_000
    speed = ordinary_speed(redactor, list(sessions(data)) if data else [grown(ORDINARY, n_bytes)])
    print(f"{options.engine}: ordinary text, {speed:.0f} MB/s")
    texts = dict(foreign(data)) if data else {}
    print(f"{'text':<26}{'size':>9} {'n/2':>7} {'n':>7} {'2n':>9} {'2n:n':>5}")
    n_linear = sum(is_linear(name, redactor, text) for name, text in texts.items())
    print(f"{n_linear} of {len(texts)} foreign texts linear")
    print(f"grown to {options.mb} MB, speed against ordinary text:")
    for kind, pieces in (("foreign", texts), ("of our own", PIECES)):
        shares = [
            share(name, redactor, grown(piece, n_bytes), speed) for name, piece in pieces.items()
        ]
        n_fast = sum(each >= FAST for each in shares)
        print(f"{kind}: {n_fast} of {len(shares)} at {FAST} or more of it")


if __name__ == "__main__":
    main()
