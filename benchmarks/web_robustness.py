"""Throw malformed calls at a real `kikimimi serve` and see that it stands.

    python benchmarks/web_robustness.py --calls 10000 --documented 1000

Two parts: `--calls` hostile calls by our own generator (`robustness_cases/calls.py`: ways out of
folders, forged Host and Origin, broken ranges, bodies, HTTP, damaged uploads), and for each route
of the OpenAPI document as many examples, right and wrong ones, as make `--documented` in all (by
schemathesis, which the extra `fuzz` installs; 0 leaves them out).

Nothing may be answered with a status of 500 and above, a byte of a file outside the library, or a
status that is not the expected one; the server must be alive at the end, its memory must not have
grown by more than 64 MiB, and it must have printed nothing. Prints one JSON line; leaves with
status 1 if anything is wrong.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from robustness_cases.calls import Call, draw, oversize
from robustness_cases.documented import documented_faults
from robustness_cases.served import Reply, Served

_MOST_GROWTH_MIB = 64
_OVERSIZE_CALLS = 3
_PASSWORDS = b"root:x:0:0"


def main() -> int:
    """Run both parts; 0 if the server stood."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--documented", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = attack(
            Path(folder), calls=options.calls, documented=options.documented, seed=options.seed
        )
    print(json.dumps(report, ensure_ascii=False))
    return int(bool(report["faults"]))


def attack(folder: Path, *, calls: int, documented: int, seed: int) -> dict[str, object]:
    """Start a server in `folder` and send everything; `faults` lists what went wrong."""
    served = Served(folder)
    try:
        begun = time.perf_counter()
        generator = random.Random(seed)
        statuses: Counter[str] = Counter()
        faults: list[str] = []
        warm_up = calls // 5
        _send(served, generator, warm_up, statuses, faults)
        if documented:  # every route once, so that what is loaded with first use is there
            faults += documented_faults(served.url, 1, seed + 1)
        before_mib = served.memory_mib()
        _send(served, generator, calls - warm_up, statuses, faults)
        if documented:
            faults += documented_faults(served.url, documented, seed)
        growth_mib = served.memory_mib() - before_mib
        if growth_mib > _MOST_GROWTH_MIB:
            faults.append(f"memory grew by {growth_mib:.0f} MiB")
        if not served.is_alive():
            faults.append("the server is gone")
        status, told = served.end()
        if (status, told) != (0, "ended; everything is kept\n"):
            faults.append(f"it ended with {status} and said: {told[-2000:]}")
    finally:
        served.kill()
    return {
        "calls": sum(statuses.values()),
        "documented": documented,
        "seconds": round(time.perf_counter() - begun, 1),
        "statuses": dict(sorted(statuses.items())),
        "memory_growth_mib": round(growth_mib, 1),
        "faults": faults[:50],
    }


def _send(
    served: Served,
    generator: random.Random,
    calls: int,
    statuses: Counter[str],
    faults: list[str],
) -> None:
    sounds = [path.read_bytes() for path in served.sounds]
    drawn = (draw(generator, served.port, sounds) for _ in range(calls))
    large = (oversize(generator, served.port, sounds) for _ in range(_OVERSIZE_CALLS))
    for call in (*drawn, *large):
        _judge(call, served.send(*call.parts, is_cut=call.is_cut), served, statuses, faults)


def _judge(
    call: Call, reply: Reply, served: Served, statuses: Counter[str], faults: list[str]
) -> None:
    statuses[f"{call.kind} {reply.status}"] += 1
    shown = f"{call.kind} {call.parts[0][:300]!r} -> {reply.status}"
    if reply.status >= 500:
        faults.append(shown)
    if call.expected is not None and reply.status not in call.expected:
        faults.append(f"{shown}, not one of {sorted(call.expected)}")
    if served.secret in reply.data or _PASSWORDS in reply.data:
        faults.append(f"{shown}, with bytes from outside the library")


if __name__ == "__main__":
    sys.exit(main())
