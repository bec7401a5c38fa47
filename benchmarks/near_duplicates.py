"""Near-duplicates among pieces of real code with planted mutants: speed and recall, beside peers.

    python benchmarks/near_duplicates.py [TEXTS [CHARACTERS [local|ray]]]

Peers run where they are installed: `pip install gaoya datasketch`. The texts are the Python files
of this interpreter's own libraries; one in ten has a twin of which some words were changed. With an
executor only our own way runs, on two workers, through the code that `dataset audit --executor` takes.
Workers of Ray are nobody's children, so there wall time stands in place of CPU time.
"""

import random
import re
import resource
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tracemill.curate.copies.near_duplicates import near_duplicates

PIECE = int(sys.argv[2]) if len(sys.argv) > 2 else 1_300
WORD = re.compile(r"[a-z0-9_]+")
Found = set[tuple[int, int]]


def pieces(n_texts: int) -> list[str]:
    found: dict[str, None] = {}
    for root in ("stdlib", "purelib"):
        for path in sorted(Path(sysconfig.get_path(root)).rglob("*.py")):
            text = path.read_text("utf-8", "replace")
            found.update(dict.fromkeys(text[i : i + PIECE] for i in range(0, len(text), PIECE)))
            if len(found) >= n_texts:
                return list(found)[:n_texts]
    return list(found)


def shingles(text: str) -> set[str]:
    words = WORD.findall(text.lower())
    return {" ".join(words[i : i + 5]) for i in range(max(1, len(words) - 4))} if words else set()


def planted(texts: list[str], chance: random.Random) -> Iterator[tuple[int, int, float]]:
    for first in chance.sample(range(len(texts)), len(texts) // 10):
        parts = re.split(r"(\W+)", texts[first])
        for _ in range(chance.randrange(9)):
            parts[chance.randrange(0, len(parts), 2)] = f"other{chance.randrange(10**6)}"
        texts.append("".join(parts) + "\n")
        a, b = shingles(texts[first]), shingles(texts[-1])
        yield first, len(texts) - 1, len(a & b) / len(a | b) if a | b else 0.0


def ours(texts: list[str]) -> Found:
    return {(pair.first, pair.second) for pair in near_duplicates(texts)}


def on_executor(texts: list[str]) -> Found:
    from tracemill.flows.datasets.near_duplicates import near_duplicates_on
    from tracemill.flows.executors.protocol import make_executor

    with tempfile.TemporaryDirectory() as scratch:
        executor = make_executor(sys.argv[3], 2, Path(scratch))
        found = {(pair.first, pair.second) for pair in near_duplicates_on(executor, texts, 0.8)}
    if sys.argv[3] == "ray":
        import ray

        ray.shutdown()
    return found


def cpu_time() -> float:
    """Return the CPU time of this process and of those that ended under it."""
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def rensa_with_python_shingles(texts: list[str]) -> Found:
    from rensa import RMinHash, RMinHashLSH

    hashes = RMinHash.from_token_sets([list(shingles(text)) for text in texts], 128, 42)
    index = RMinHashLSH(0.7, 128, 16)
    index.insert_many(hashes)
    return {
        (min(i, j), max(i, j))
        for i, near in enumerate(index.query_all(hashes))
        for j in near
        if i != j
    }


def gaoya(texts: list[str]) -> Found:
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(
        hash_size=32, jaccard_threshold=0.8, num_bands=16, band_size=8, analyzer="word",
        lowercase=True, ngram_range=(5, 5),
    )  # fmt: skip
    index.par_bulk_insert_docs(list(range(len(texts))), texts)
    near = index.par_bulk_query(texts, return_similarity=False)
    return {(min(i, j), max(i, j)) for i, js in enumerate(near) for j in js if i != j}


def datasketch(texts: list[str]) -> Found:
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(params=(16, 8), num_perm=128)
    found: Found = set()
    for number, text in enumerate(texts):
        made = MinHash(128)
        made.update_batch([shingle.encode() for shingle in shingles(text)])
        found.update((other, number) for other in index.query(made))
        index.insert(number, made)
    return found


def main() -> None:
    n_texts = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    texts = pieces(n_texts)
    pairs = list(planted(texts, random.Random(7)))
    high = {(a, b) for a, b, similarity in pairs if similarity >= 0.8}
    n_bytes = sum(map(len, texts))
    print(f"{len(texts):,} texts, {n_bytes / 1e6:.1f} MB, {len(high):,} planted pairs from 0.8 on")
    ways: list[Callable[[list[str]], Found]] = [ours, rensa_with_python_shingles, gaoya, datasketch]
    if len(sys.argv) > 3:
        ways = [on_executor]
    is_on_ray = sys.argv[3:] == ["ray"]
    now, unit = (time.perf_counter, "s") if is_on_ray else (cpu_time, "CPU-s")
    ours(texts[:100])
    for way in ways:
        began = now()
        try:
            found = way(texts)
        except ImportError:
            print(f"{way.__name__:<28} not installed")
            continue
        spent = now() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        wrong = sum((a, b) in found for a, b, similarity in pairs if similarity < 0.8)
        print(
            f"{way.__name__:<28} {len(texts) / spent:9,.0f} texts/{unit} {n_bytes / 1e6 / spent:7.1f} "
            f"MB/{unit}  recall {len(high & found) / len(high):.3f}  planted below 0.8 reported: {wrong}  "
            f"peak {peak:.1f} GB"
        )


if __name__ == "__main__":
    main()
