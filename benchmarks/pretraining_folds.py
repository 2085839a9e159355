"""Train encoders without labels on the training clips of ESC-50's folds, and their random starts.

    python benchmarks/pretraining_folds.py --shared ../shared --run runs/ssl \\
        --recipe byol_a_v2 --recipe m2d --without 1,2 --without 3,4,5

For each recipe and group of folds it writes, below the run folder, `lists/fold1_2.txt` (the clips
of the other folds, and free effects unless `--no-effects`), `<recipe>/fold1_2/encoder` (trained on
them) and `<recipe>/fold1_2/random` (the same network before training), and prints their paths as
JSON lines; `<recipe>/fold1` and `fold2` are links to it. No clip of those folds is heard, so it can
be evaluated on each of them, and two trainings are enough for five folds. Without `--without` there
is a training for each fold. Started again, it goes on where it was. M2D-CLAP learns from captions
made of the labels of the training clips; M2D2 from the M2D of the same folds, which must have been
trained.
"""

import argparse
import csv
import json
from pathlib import Path

import torch

from kikimimi.audio.discovery import is_audio_path
from kikimimi.datasets import esc50
from kikimimi.files import draft_of
from kikimimi.pretraining.method import method_type
from kikimimi.pretraining.recipe import PretrainingRecipe
from kikimimi.pretraining.run import pretrain, random_encoder
from kikimimi.training.config import load_recipe
from kikimimi.training.shipped_recipes import find_recipe

_EFFECTS = (
    *("kenney all-in-one (295 files)", "kenney_interface", "kenney_ui"),
    *("rse_soundfx", "freedoom"),
)


def main() -> None:
    """Train what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--recipe", action="append", required=True)
    parser.add_argument("--without", type=_folds, action="append", help="folds, as 1 or 1,2")
    parser.add_argument("--set", action="append", default=[], dest="overrides")
    parser.add_argument("--no-effects", action="store_true")
    parser.add_argument("--random-only", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    for name in options.recipe:
        for folds in options.without or [(fold,) for fold in esc50.FOLDS]:
            _run(name, folds, options)


def _folds(text: str) -> tuple[int, ...]:
    folds = tuple(int(part) for part in text.split(","))
    if not folds or not set(folds) < set(esc50.FOLDS):
        raise argparse.ArgumentTypeError(f"'{text}': write some of the folds 1 to 5, as 1,2")
    return folds


def _run(name: str, folds: tuple[int, ...], options: argparse.Namespace) -> None:
    heard = _write_list(folds, options)
    changes = [*_stage(name, folds, options), *options.overrides]
    recipe = load_recipe(find_recipe(f"pretrain_{name}"), PretrainingRecipe, overrides=changes)
    folder, cache = options.run / name / _part(folds), options.run / "cache"
    if not (folder / "random" / "config.json").exists():
        random_encoder(recipe, [heard], folder / "random", cache=cache)
    _link_folds(folder, folds)
    record = {"recipe": name, "without": folds, "random": str(folder / "random")}
    if not options.random_only:
        done = pretrain(recipe, [heard], folder, cache=cache, bad_file=_name_bad_file)
        record |= {"encoder": str(done.encoder), "loss": done.loss, "files": done.files}
    print(json.dumps(record), flush=True)


def _part(folds: tuple[int, ...]) -> str:
    return f"fold{'_'.join(map(str, folds))}"


def _link_folds(folder: Path, folds: tuple[int, ...]) -> None:
    """Let `fold<k>` be what was trained without several folds, k among them."""
    for fold in folds:
        link = folder.with_name(f"fold{fold}")
        if not link.exists():
            link.symlink_to(folder.name)


def _stage(name: str, folds: tuple[int, ...], options: argparse.Namespace) -> list[str]:
    """Captions and the encoder to start from, where the method wants them."""
    method = method_type(name if name in ("m2d_clap", "m2d2") else "m2d")
    changes = []
    if method.needs_texts:
        table = _write_captions(folds, options)
        changes += ["captions.source=tags", f"captions.table={table}"]
    if method.needs_start:
        changes.append(f"network.start={options.run / 'm2d' / _part(folds) / 'encoder'}")
    return changes


def _write_list(folds: tuple[int, ...], options: argparse.Namespace) -> Path:
    clips = [clip.path for clip in _clips(options) if clip.fold not in folds]
    effects = [] if options.no_effects else _effects(options.shared / "data" / "sfx")
    path = options.run / "lists" / f"{_part(folds)}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    with draft_of(path) as draft:
        draft.write_text("".join(f"{each.absolute()}\n" for each in [*clips, *effects]))
    return path


def _write_captions(folds: tuple[int, ...], options: argparse.Namespace) -> Path:
    path = options.run / "lists" / f"{_part(folds)}_tags.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with draft_of(path) as draft, draft.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "tags"])
        for clip in _clips(options):
            if clip.fold not in folds:
                writer.writerow([clip.path.name, esc50.CATEGORIES[clip.target]])
    return path


def _clips(options: argparse.Namespace) -> list:
    return esc50.clips(options.shared / "data" / "esc50")


def _effects(folder: Path) -> list[Path]:
    found = (path for name in _EFFECTS for path in sorted((folder / name).rglob("*")))
    return [path for path in found if path.is_file() and is_audio_path(path)]


def _name_bad_file(path: Path, reason: str) -> None:
    print(f"{path}: {reason}", flush=True)


if __name__ == "__main__":
    main()
