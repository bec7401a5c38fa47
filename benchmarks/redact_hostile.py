"""Redaction of texts that were made to take long: twice the text may take no more than 2.5 times.

Reads the hostile texts beside the corpora, and pieces of our own repeated to 10 MB. Each is timed in
CPU seconds at half and at full length; beside it stands what an ordinary text of that size takes.
"""

from __future__ import annotations

import argparse
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

from measuring import shared_data

from tracemill.redact import Redactor, best_engine

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
ORDINARY = "def read(path: Path) -> str:\n    return path.read_text()  # as it stands there\n"


def foreign(folder: Path) -> Iterator[tuple[str, str]]:
    with tarfile.open(folder / "security" / "adversarial.tar.xz") as archive:
        for member in archive:
            if "/redos/" in member.name and (file := archive.extractfile(member)):
                yield Path(member.name).stem, file.read().decode("utf-8", "replace")


def seconds(redactor: Redactor, text: str) -> float:
    best = 1e9
    for _ in range(3):
        began = time.process_time()
        redactor.text(text)
        best = min(best, time.process_time() - began)
        if best > 1:
            break
    return best


def show(name: str, redactor: Redactor, text: str, speed: float) -> bool:
    half, whole = (seconds(redactor, text[: len(text) // n]) for n in (2, 1))
    twice = seconds(redactor, text + text)
    share = len(text) / 1e6 / whole / speed
    is_linear = twice <= 2.5 * max(whole, 0.004)
    print(
        f"{name:<26}{len(text) / 1e6:6.1f} MB {half:7.3f} {whole:7.3f} {twice:7.3f} s "
        f"{twice / max(whole, 1e-4):5.2f} {share:7.2f}  {'' if is_linear else 'NOT LINEAR'}"
    )
    return is_linear


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", default=best_engine())
    parser.add_argument("--mb", type=int, default=10, help="size of our own texts")
    options = parser.parse_args()
    redactor = Redactor(KEY, engine=options.engine)
    redactor.text("warm up: password = 'x' \x1b[1mcolour")
    ordinary = ORDINARY * (options.mb * 1_000_000 // len(ORDINARY))
    speed = len(ordinary) / 1e6 / seconds(redactor, ordinary)
    print(f"{options.engine}: an ordinary text of {options.mb} MB, {speed:.0f} MB/s")
    print(
        f"{'text':<26}{'size':>9} {'n/2':>7} {'n':>7} {'2n':>9} {'2n:n':>7} {'speed against ordinary'}"
    )
    data = shared_data()
    texts = list(foreign(data)) if data else []
    n_linear = sum(show(name, redactor, text, speed) for name, text in texts)
    print(f"{n_linear} of {len(texts)} foreign texts linear")
    for name, piece in PIECES.items():
        show(name, redactor, piece * (options.mb * 1_000_000 // len(piece)), speed)


if __name__ == "__main__":
    main()
