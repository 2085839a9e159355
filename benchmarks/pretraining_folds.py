"""Train encoders without labels on the training clips of ESC-50's folds, and their random starts.

    python benchmarks/pretraining_folds.py --shared ../shared --run runs/ssl \\
        --recipe byol_a_v2 --recipe m2d --fold 1

For each recipe and fold k it writes, below the run folder, `lists/fold<k>.txt` (the clips of the
other folds, and free effects unless `--no-effects`), `<recipe>/fold<k>/encoder` (trained on them)
and `<recipe>/fold<k>/random` (the same network before training), and prints their paths as JSON
lines. No clip of fold k is heard, so both can be evaluated on it. Started again, it goes on where
it was. M2D-CLAP learns from captions made of the labels of the training clips; M2D2 from the M2D of
the same fold, which must have been trained.
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
    parser.add_argument("--fold", type=int, action="append", choices=esc50.FOLDS)
    parser.add_argument("--set", action="append", default=[], dest="overrides")
    parser.add_argument("--no-effects", action="store_true")
    parser.add_argument("--random-only", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    for name in options.recipe:
        for fold in options.fold or esc50.FOLDS:
            _run(name, fold, options)


def _run(name: str, fold: int, options: argparse.Namespace) -> None:
    heard = _write_list(fold, options)
    changes = [*_stage(name, fold, options), *options.overrides]
    recipe = load_recipe(find_recipe(f"pretrain_{name}"), PretrainingRecipe, overrides=changes)
    folder, cache = options.run / name / f"fold{fold}", options.run / "cache"
    if not (folder / "random" / "config.json").exists():
        random_encoder(recipe, [heard], folder / "random", cache=cache)
    record = {"recipe": name, "fold": fold, "random": str(folder / "random")}
    if not options.random_only:
        done = pretrain(recipe, [heard], folder, cache=cache, bad_file=_name_bad_file)
        record |= {"encoder": str(done.encoder), "loss": done.loss, "files": done.files}
    print(json.dumps(record), flush=True)


def _stage(name: str, fold: int, options: argparse.Namespace) -> list[str]:
    """Captions and the encoder to start from, where the method wants them."""
    method = method_type(name if name in ("m2d_clap", "m2d2") else "m2d")
    changes = []
    if method.needs_texts:
        table = _write_captions(fold, options)
        changes += ["captions.source=tags", f"captions.table={table}"]
    if method.needs_start:
        changes.append(f"network.start={options.run / 'm2d' / f'fold{fold}' / 'encoder'}")
    return changes


def _write_list(fold: int, options: argparse.Namespace) -> Path:
    clips = [clip.path for clip in _clips(options) if clip.fold != fold]
    effects = [] if options.no_effects else _effects(options.shared / "data" / "sfx")
    path = options.run / "lists" / f"fold{fold}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    with draft_of(path) as draft:
        draft.write_text("".join(f"{each.absolute()}\n" for each in [*clips, *effects]))
    return path


def _write_captions(fold: int, options: argparse.Namespace) -> Path:
    path = options.run / "lists" / f"fold{fold}_tags.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with draft_of(path) as draft, draft.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "tags"])
        for clip in _clips(options):
            if clip.fold != fold:
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
