"""How long `posture --help` takes, beside the interpreter's own start.

python benchmarks/startup.py [--rounds N]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence


def seconds(arguments: Sequence[str]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args(argv).rounds
    commands = {"python -c pass": ["-c", "pass"], "posture --help": ["-m", "posture", "--help"]}
    times = {name: [] for name in commands}
    for _ in range(rounds):
        for name, arguments in commands.items():
            times[name].append(seconds(arguments))
    for name, values in times.items():
        print(
            f"{name:15} median {statistics.median(values):.3f} s "
            f"({min(values):.3f} to {max(values):.3f})"
        )
    print("aim for posture --help: under 0.3 s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
