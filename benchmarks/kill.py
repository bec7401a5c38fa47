"""Kill a run at random moments, run again, and compare the lake with an undisturbed run's."""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from measuring import TRACEMILL, run, shared_data


def command(places: list[str], workspace: Path) -> list[str]:
    return [*TRACEMILL, "run", *places, "--workspace", str(workspace), "--json", "-q"]


def content(workspace: Path) -> str:
    cost = run([*TRACEMILL, "store", "check", "--workspace", str(workspace), "--json", "-q"])
    return str(json.loads(cost.out)["content_hash"])


def with_key_of(other: Path, workspace: Path) -> Path:
    """Make a workspace whose pseudonyms are those of another, so that lakes can be compared."""
    (workspace / "vault").mkdir(parents=True, mode=0o700)
    shutil.copy(other / "vault" / "pseudonyms.key", workspace / "vault")
    return workspace


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("places", nargs="*")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    places = options.places
    if not places:
        data = shared_data()
        if data is None:
            sys.exit("no real data: name folders with sessions")
        places = [str(data / "formats" / "claude_code"), str(data / "formats" / "codex")]
    folder = Path(tempfile.mkdtemp(prefix="tracemill-kill-"))
    undisturbed = run(command(places, folder / "whole"))
    wanted = content(folder / "whole")
    random = Random(options.seed)
    same = 0
    for number in range(options.kills):
        workspace = with_key_of(folder / "whole", folder / str(number))
        moment = random.uniform(0.1, 1.0) * undisturbed.wall_s
        victim = subprocess.Popen(command(places, workspace), stdout=subprocess.DEVNULL)
        time.sleep(moment)
        victim.kill()
        victim.wait()
        run(command(places, workspace))
        found = content(workspace)
        same += found == wanted
        if found != wanted:
            print(f"kill {number} at {moment:.3f} s: {found} is not {wanted}; kept {workspace}")
        else:
            shutil.rmtree(workspace)
    print(
        f"same lake after kill and rerun: {same} of {options.kills} (run takes {undisturbed.wall_s:.2f} s)"
    )
    if same == options.kills:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
