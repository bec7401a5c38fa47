"""How long a person waits for `tracemill --help` and `tracemill status`."""

import statistics
import tempfile

from measuring import TRACEMILL, run

RUNS = 15


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for arguments in (["--help"], ["status", "--workspace", folder]):
            walls = [run([*TRACEMILL, *arguments]).wall_s * 1000 for _ in range(RUNS)]
            print(
                f"tracemill {arguments[0]:<8} median {statistics.median(walls):5.0f} ms, "
                f"min {min(walls):5.0f}, max {max(walls):5.0f}, n={RUNS}"
            )


if __name__ == "__main__":
    main()
