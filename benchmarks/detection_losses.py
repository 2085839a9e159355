"""The loss table of sound event detection: each row trained with several seeds on one benchmark.

    kikimimi soundscapes recipes/soundscapes/benchmark.yaml --sources ../shared/data/esc50 \\
        -o runs/soundscapes/benchmark
    python benchmarks/detection_losses.py --data runs/soundscapes/benchmark --run runs/detection

A finished row and seed is not trained again, so that the script may be killed and started anew; two
of it at once share the work with `--part 0/2` and `--part 1/2`. `<run>/losses.json` has every
figure of every seed; the table (micro-F, macro-F, error rate at threshold 0.5; micro- and
macro-AUC; mean and standard deviation over seeds in points) goes to standard output. `--rows` names
some rows, `--group extra` those beside the loss table: other networks, graph regularisation, weak
labels, mean teacher. `--table` prints what is there without training.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev

import torch

from kikimimi.datasets.event_registry import load_event_dataset
from kikimimi.files import draft_of
from kikimimi.tasks.detection.data import DetectionData
from kikimimi.tasks.detection.recipe import DetectionRecipe
from kikimimi.tasks.detection.runs import evaluate_detector, train_detector
from kikimimi.training.config import load_recipe

RECIPES = Path(__file__).resolve().parents[1] / "recipes" / "detection"
COLUMNS = ("micro_f1", "macro_f1", "error_rate", "micro_auc", "macro_auc")
TUNED_COLUMNS = ("micro_f1", "macro_f1", "error_rate", "event_micro_f1", "psds1", "psds2")


@dataclass(frozen=True, slots=True)
class Row:
    """A recipe with changes."""

    name: str
    recipe: str
    changes: tuple[str, ...] = ()


def _afl(gamma: float, zeta: float) -> tuple[str, ...]:
    return ("loss.name=afl", f"loss.options.gamma={gamma}", f"loss.options.zeta={zeta}")


GROUPS: dict[str, tuple[Row, ...]] = {
    "losses": (
        Row("BCE", "cnn_bigru"),
        Row("AFL (0.0625, 1)", "cnn_bigru", _afl(0.0625, 1.0)),
        Row("Transformer BCE", "transformer"),
        Row("Transformer AFL (0.0625, 1)", "transformer", _afl(0.0625, 1.0)),
        Row("min-max sub-sampling", "cnn_bigru", ("loss.sub_sampling=0.1",)),
        Row("batch dice", "cnn_bigru", ("loss.name=dice",)),
        Row("SED+SAD multi-task", "activity"),
        Row("SRL", "cnn_bigru", ("loss.name=srl",)),
        Row("IFL", "cnn_bigru", ("loss.name=ifl",)),
        Row("FBTL", "cnn_bigru", ("loss.name=fbtl",)),
        Row("AFL (0, 1.414)", "cnn_bigru", _afl(0.0, 1.414)),
        Row("AFL (0.125, 0)", "cnn_bigru", _afl(0.125, 0.0)),
    ),
    "extra": (
        Row("BCE + GLR", "graph"),
        Row("CNN BCE", "cnn"),
        Row("CNN-GRU BCE", "cnn_gru"),
        Row("weak labels only", "weak"),
        Row("10 % strong labels", "few_strong"),
        Row("mean teacher, 10 % strong labels", "mean_teacher"),
    ),
}


def main() -> None:
    """Train what is asked for and print the table."""
    options = _options()
    torch.set_num_threads(1)
    rows = [row for row in GROUPS[options.group] if not options.rows or row.name in options.rows]
    options.run.mkdir(parents=True, exist_ok=True)
    if not options.table:
        share, shares = options.part
        jobs = [(row, seed) for seed in options.seeds for row in rows]
        for row, seed in jobs[share::shares]:
            _train(row, seed, options)
    results = {row.name: _results(row, options) for row in rows}
    with draft_of(options.run / f"{options.group}.json") as draft:
        draft.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    _print_table("at 0.5", "fixed", COLUMNS, results)
    _print_table("tuned on the validation split", "tuned", TUNED_COLUMNS, results)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--cache", type=Path, help="for log-mels; RUN/cache by default")
    parser.add_argument("--group", choices=sorted(GROUPS), default="losses")
    parser.add_argument("--rows", action="append", help="only this row; may be repeated")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--part", type=_part, default=(0, 1), help="as 0/2: every other training")
    parser.add_argument("--set", action="append", default=[], dest="overrides")
    parser.add_argument("--table", action="store_true", help="print what has been trained")
    return parser.parse_args()


def _part(text: str) -> tuple[int, int]:
    share, _, shares = text.partition("/")
    if not (share.isdigit() and shares.isdigit() and int(share) < int(shares)):
        raise argparse.ArgumentTypeError(f"'{text}': write a part as 0/2")
    return int(share), int(shares)


def _folder(row: Row, seed: int, options: argparse.Namespace) -> Path:
    name = "".join(c if c.isalnum() else "_" for c in row.name.lower())
    return options.run / name / f"seed{seed}"


def _train(row: Row, seed: int, options: argparse.Namespace) -> None:
    folder = _folder(row, seed, options)
    if (folder / "scores.json").exists():
        return
    changes = (*row.changes, *options.overrides, f"loop.seed={seed}")
    recipe = load_recipe(RECIPES / f"{row.recipe}.yaml", DetectionRecipe, overrides=changes)
    cache = options.cache or options.run / "cache"
    data = DetectionData(load_event_dataset(options.data), recipe, cache)
    began, cpu_began = time.monotonic(), time.process_time()
    train_detector(recipe, data, folder, progress=False)
    seconds = time.monotonic() - began
    cpu_seconds = time.process_time() - cpu_began
    evaluate_detector(folder, data)
    with draft_of(folder / "seconds.json") as draft:
        draft.write_text(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds}) + "\n")
    print(f"{row.name}, seed {seed}: {seconds / 60:.1f} min", flush=True)


def _results(row: Row, options: argparse.Namespace) -> list[dict[str, object]]:
    """The figures of each seed that has been trained."""
    found = []
    for seed in options.seeds:
        path = _folder(row, seed, options) / "scores.json"
        if path.exists():
            scores = json.loads(path.read_text(encoding="utf-8"))
            kept = {key: scores[key] for key in ("fixed", "tuned")}
            timed = path.with_name("seconds.json")
            seconds = json.loads(timed.read_text()) if timed.exists() else {}
            found.append({"seed": seed, **kept, **seconds})
    return found


def _print_table(
    title: str, kind: str, columns: Sequence[str], results: dict[str, list[dict[str, object]]]
) -> None:
    print(f"\n| {title} | seeds | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 2)}")
    for name, seeds in results.items():
        cells = [_cell([seed[kind][column] for seed in seeds], column) for column in columns]
        print(f"| {name} | {len(seeds)} | {' | '.join(cells)} |")


def _cell(values: Sequence[float], column: str) -> str:
    """Mean and s.d.; in points but for the error rate."""
    if not values:
        return ""
    scale, digits = (1, 3) if column == "error_rate" else (100, 2)
    deviation = stdev(values) if len(values) > 1 else 0.0
    return f"{scale * fmean(values):.{digits}f} ± {scale * deviation:.{digits}f}"


if __name__ == "__main__":
    main()
