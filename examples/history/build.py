"""Write the example history to a folder that does not exist yet."""

import sys
from pathlib import Path

from tracemill.flows.example_history import build_example

if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("usage: build.py FOLDER")
    example = build_example(Path(sys.argv[1]))
    for session in example.sessions:
        print(session)
    print(example.repository)
