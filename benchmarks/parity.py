"""Whether the ported encoders give what independent implementations give.

    python benchmarks/parity.py --shared ../shared --oracles DIR
    python benchmarks/parity.py cnn14 vggish --oracles DIR

`DIR` is a folder of packages that are used as oracles and for nothing else, for example made by

    pip install --no-deps --target DIR torchvggish resampy panns-inference torchlibrosa laion-clap
    pip install --no-deps --target DIR torch-vggish-yamnet torchopenl3 wav2clip
    pip install --no-deps --target DIR keras optree namex ml_dtypes absl-py h5py

and, for EfficientAT and OpenL3's Keras network, of the public repositories fschmid56/EfficientAT
the folder `models`, and marl/openl3 the folder `openl3`, put into `DIR` as they are.

A case whose oracle is missing is skipped, and the reason printed. Differences are the largest of
all values, in units of the oracle's largest value if that is above 1; the cosine is the lowest of
all rows. Status 1 if a comparison fails.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from parity_cases.registry import Case, Comparison, MissingOracle, Setting, cases


def main() -> int:
    """Run the cases and print one line for each comparison."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="cases to run; all if none is given")
    parser.add_argument("--shared", type=Path, help="folder with the shared data and weights")
    parser.add_argument("--oracles", type=Path, help="folder with the packages of the oracles")
    parser.add_argument("--json", action="store_true", help="print JSON lines")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.oracles:
        sys.path.append(str(options.oracles))
    known = cases()
    unknown = set(options.names) - {case.name for case in known}
    if unknown:
        parser.error(f"there is no case {', '.join(sorted(unknown))}")
    failed = 0
    for chosen in known:
        if not options.names or chosen.name in options.names:
            for row in _rows(chosen, options.shared):
                failed += row["verdict"] == "FAILED"
                print(json.dumps(row) if options.json else _line(row), flush=True)
    return 1 if failed else 0


def _rows(chosen: Case, shared: Path | None) -> Iterator[dict[str, Any]]:
    about = {"case": chosen.name, "oracle": chosen.oracle}
    with tempfile.TemporaryDirectory() as folder:
        try:
            for comparison in chosen.compare(Setting(Path(folder), shared)):
                yield about | _row(comparison)
        except MissingOracle as reason:
            yield about | {"verdict": f"skipped: {reason}"}


def _row(comparison: Comparison) -> dict[str, Any]:
    row = {
        "quantity": comparison.quantity,
        "rows": len(comparison.ours),
        "difference": comparison.difference,
        "cosine": comparison.cosine,
    }
    if comparison.ours.ndim == 2:
        row["top1"] = comparison.top1
    asked = (comparison.tolerance, comparison.least_cosine, comparison.least_top1)
    verdict = "holds" if comparison.holds else "FAILED"
    return row | {"verdict": "no bar" if asked == (None, None, None) else verdict}


def _line(row: dict[str, Any]) -> str:
    start = f"{row['case']:14} {row.get('quantity', ''):26}"
    if "difference" not in row:
        return f"{start} {row['verdict']}  [{row['oracle']}]"
    top1 = f"{row['top1']:7.2%}" if "top1" in row else " " * 7
    return (
        f"{start} {row['difference']:9.2e} cosine {row['cosine']:.7f} top-1 {top1} "
        f"{row['verdict']}  [{row['oracle']}]"
    )


if __name__ == "__main__":
    sys.exit(main())
