"""Whether the figures of detection are those of sed_eval and sed_scores_eval.

    python benchmarks/detection_parity.py --oracle ORACLE/bin/python --cases 10000
    python benchmarks/detection_parity.py --oracle ORACLE/bin/python --first 20000 --cases 500 \\
        --save tests/metrics/detection/oracle_answers.jsonl

`ORACLE` is an environment with both packages, see `detection_oracles/oracle.py`. Each case is
random; case n is the same each time. Prints the largest difference of each figure and the seed of
its case. Status 1 if one is above the bar of 1e-6, or a figure is defined on one side only.
`--save` writes the small ones among the cases with the oracles' answers, for the tests.
"""

import argparse
import json
import math
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from detection_oracles.cases import random_case
from detection_oracles.ours import answer

_BAR = 1e-6
_SMALL = 1800
"""Characters of a case that is small enough to be kept."""


def main() -> int:
    """Compare, and print one line for each figure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--oracle", required=True, help="Python of the oracles' environment")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="seed of the first case")
    parser.add_argument("--save", type=Path, help="write small cases and answers as JSON lines")
    options = parser.parse_args()
    worst: dict[str, tuple[float, int]] = {}
    counts: dict[str, int] = {}
    saved: list[str] = []
    ours_s = 0.0
    for case, theirs in _asked(options.oracle, range(options.first, options.first + options.cases)):
        began = time.perf_counter()
        mine = answer(case)
        ours_s += time.perf_counter() - began
        saved.append(_compact({"case": case, "answer": rounded(theirs)}))
        for name, difference in differences(mine, theirs):
            counts[name] = counts.get(name, 0) + 1
            worst[name] = max(worst.get(name, (-1.0, 0)), (difference, case["seed"]))
    for name, (difference, seed) in sorted(worst.items()):
        print(
            f"{name:28} {counts[name]:7} values  largest difference {difference:.2e} (case {seed})"
        )
    print(f"{options.cases} cases, {ours_s:.1f} s of them ours")
    if options.save:
        small = [line for line in saved if len(line) <= _SMALL]
        options.save.write_text("".join(f"{line}\n" for line in small), encoding="utf-8")
    return int(any(difference > _BAR for difference, _ in worst.values()))


def differences(mine: Any, theirs: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """Figures by name with their distances; infinite where only one side has a value."""
    if isinstance(theirs, dict):
        for key, value in theirs.items():
            below = (
                name if name.endswith("psds") or name.startswith(("best", "coll", "inter")) else ""
            )
            yield from differences(mine[key], value, below or f"{name}.{key}".lstrip("."))
    elif isinstance(theirs, list):
        for first, second in zip(mine, theirs, strict=True):
            yield from differences(first, second, name)
    else:
        first, second = _number(mine), _number(theirs)
        unknown = math.isnan(first), math.isnan(second)
        yield name, 0.0 if all(unknown) else math.inf if any(unknown) else abs(first - second)


def rounded(value: Any) -> Any:
    """Numbers with ten decimals, what has no value as null."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return None if math.isnan(_number(value)) else round(float(value), 10)


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _asked(python: str, seeds: range) -> Iterator[tuple[Any, Any]]:
    """Each case with the answer of the oracles."""
    script = Path(__file__).parent / "detection_oracles" / "oracle.py"
    with subprocess.Popen(
        [python, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as oracle:
        assert oracle.stdin is not None
        assert oracle.stdout is not None
        for seed in seeds:
            case = random_case(seed)
            oracle.stdin.write(json.dumps(case) + "\n")
            oracle.stdin.flush()
            line = oracle.stdout.readline()
            if not line:
                raise SystemExit(f"the oracles gave up at case {seed}")
            yield case, json.loads(line)
        oracle.stdin.close()


if __name__ == "__main__":
    sys.exit(main())
