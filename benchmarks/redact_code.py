"""What redaction does to code: does what parsed still parse, and how much of it is touched?

Looked at is the source of Python itself and of what is installed beside it: code of many hands, of
which hardly anything is secret. Nothing of it is kept.
"""

import argparse
import ast
import random
import sys
import sysconfig
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tracemill.redact import Redactor


def sources(seed: int) -> Iterator[tuple[Path, str]]:
    """Yield files that parse, in an order that a seed decides."""
    roots = {Path(sysconfig.get_path(name)) for name in ("stdlib", "purelib")}
    paths = sorted({path for root in roots for path in root.rglob("*.py")})
    random.Random(seed).shuffle(paths)
    for path in paths:
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        if parses(text):
            yield path, text


def parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=30, help="how much code to look at")
    parser.add_argument("--seed", type=int, default=7, help="decides which files")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    redactor = Redactor(bytes(32))
    n_files = n_changed = n_characters = 0
    spans: Counter[tuple[str, str]] = Counter()
    broken = []
    for path, text in sources(options.seed):
        if n_characters >= options.megabytes * 1e6:
            break
        n_files += 1
        n_characters += len(text)
        [located] = redactor.locate([text])
        spans.update((found.rule.kind, found.rule.id) for found in located.found)
        n_changed += bool(located.found)
        if located.found and not parses(located.text):
            broken.append(path)
    print(f"{n_files:,} files that parse, {n_characters / 1e6:.1f} M characters")
    print(
        f"changed {n_changed:,} ({n_changed / n_files:.2%}), of which {len(broken):,} parse no more"
    )
    print(f"{1 - len(broken) / n_files:.2%} of what parsed still parses")
    for kind in ("secret", "pii"):
        n_spans = sum(n for (own, _), n in spans.items() if own == kind)
        listed = ", ".join(f"{rule} {n}" for (own, rule), n in spans.most_common() if own == kind)
        print(
            f"{kind}: {n_spans / (n_characters / 1e6):.1f} spans in a million characters: {listed}"
        )
    for path in broken[:10]:
        sys.stderr.write(f"parses no more: {path}\n")


if __name__ == "__main__":
    main()
