"""Score methods that learned from clean clips on clips recorded under other conditions.

    python -m kikimimi.tasks.robustness.run recipes/robustness/base.yaml \
        --data ../shared/data/esc50 --run runs/robustness \
        --encoder "default=runs/default_encoder/fold{fold}/encoder"

trains the auto-encoder and the plain CNN without each test fold, scores them and each encoder on
the test fold under every condition of the recipe, and writes `scores.json` and `scores.md` into the
run folder. What one method scored on one fold is kept: the same command goes on after a stop.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import torch

from kikimimi.datasets import esc50
from kikimimi.datasets.records import LabelledClip
from kikimimi.errors import ConfigError, KikimimiError
from kikimimi.files import draft_of
from kikimimi.tasks.robustness.clips import ClipSet, choose, conditions_of, read_clips
from kikimimi.tasks.robustness.encoder_weights import SAMPLE_RATE_HZ, encoder_without_fold
from kikimimi.tasks.robustness.methods import TRAINED, Listener, check_networks, frozen_encoder
from kikimimi.tasks.robustness.recipe import RobustnessRecipe
from kikimimi.tasks.robustness.report import Part, markdown, read_part, summary, write_part
from kikimimi.tasks.robustness.scoring import score
from kikimimi.training.config import load_recipe, resolved

Learn = Callable[[ClipSet], Listener]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; returns the exit status: 2 for a wrong call or input."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(1)
    try:
        run = _Run(options)
        for fold in options.folds:
            run.score_fold(fold)
        run.write_summary()
    except KikimimiError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        place = error.filename or options.run
        print(f"error: {place}: {error.strerror}; mend that and start again", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m kikimimi.tasks.robustness.run",
        description="Train on clean clips, test under other recording conditions.",
    )
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder of ESC-50")
    parser.add_argument("--run", type=Path, required=True, help="folder for everything made")
    parser.add_argument("--folds", type=int, nargs="+", default=esc50.FOLDS, help="test folds")
    parser.add_argument(
        "--methods", nargs="*", choices=list(TRAINED), default=list(TRAINED), metavar="METHOD",
        help=f"networks to train here ({', '.join(TRAINED)}); none if nothing follows",
    )  # fmt: skip
    parser.add_argument(
        "--encoder", action="append", default=[], metavar="NAME=PATTERN",
        help="an encoder and its weights, {fold} standing for the fold that it has not heard",
    )  # fmt: skip
    return parser


class _Run:
    """A run folder, with what is to be scored."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._folder: Path = options.run
        self._recipe = load_recipe(options.recipe, RobustnessRecipe)
        self._conditions = conditions_of(self._recipe.conditions)
        self._methods: list[str] = options.methods
        self._encoders = _encoder_patterns(options.encoder)
        self._clips = esc50.clips(options.data)
        self._check(options.folds)

    def _check(self, folds: Sequence[int]) -> None:
        """Find what would stop the run later, before anything is trained."""
        check_networks(self._recipe)
        if not self._methods and not self._encoders:
            raise ConfigError("nothing is to be scored; name a method or give an --encoder")
        if self._encoders and self._rate_hz != SAMPLE_RATE_HZ:
            raise ConfigError(
                f"encoders take clips at {SAMPLE_RATE_HZ} Hz, but front_end has {self._rate_hz}; "
                "score them with a recipe of their rate"
            )
        for fold in folds:
            self._chosen(fold)
            for name, (_, made_with) in self._to_learn(fold).items():
                self._is_done(name, fold, made_with)

    @property
    def _rate_hz(self) -> int:
        return self._recipe.front_end.sample_rate_hz

    def score_fold(self, fold: int) -> None:
        """Score every method on a fold, but those that are scored already."""
        waiting = {
            name: (learn, made_with)
            for name, (learn, made_with) in self._to_learn(fold).items()
            if not self._is_done(name, fold, made_with)
        }
        if not waiting:
            return
        train, test = (
            read_clips(part, self._recipe.clips, sample_rate_hz=self._rate_hz)
            for part in self._chosen(fold)
        )
        for name, (learn, made_with) in waiting.items():
            print(f"fold {fold}, {name}", flush=True)
            listener = learn(train)
            scores = {}
            seed = self._recipe.clips.seed
            for condition, entry in score(listener, test, self._conditions, seed=seed):
                scores[condition] = entry
                print(f"fold {fold}, {name}, {condition}: {entry['accuracy']}", flush=True)
            part: Part = {"method": name, "fold": fold, "made_with": made_with}
            write_part(self._part_path(name, fold), {**part, "conditions": scores})

    def write_summary(self) -> None:
        """Gather all parts of the run folder, also those of earlier calls."""
        found = [read_part(path) for path in sorted(self._folder.glob("fold*/*.json"))]
        order = [*TRAINED, *self._encoders]
        parts = sorted(
            (part for part in found if part is not None),
            key=lambda p: order.index(p["method"]) if p["method"] in order else len(order),
        )
        result = summary(parts)
        with draft_of(self._folder / "scores.json") as draft:
            draft.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        text = markdown(result)
        with draft_of(self._folder / "scores.md") as draft:
            draft.write_text(text, encoding="utf-8")
        print(text)

    def _to_learn(self, fold: int) -> dict[str, tuple[Learn, str]]:
        """How each method learns, and a digest of all that decides its scores."""
        described = json.dumps(resolved(self._recipe), sort_keys=True)
        learned: dict[str, tuple[Learn, str]] = {}
        for name in self._methods:
            folder = self._folder / f"fold{fold}" / name
            learn = partial(TRAINED[name], recipe=self._recipe, folder=folder)
            learned[name] = learn, _digest(described.encode())
        for name, pattern in self._encoders.items():
            encoder = encoder_without_fold(pattern, fold)
            learn = partial(frozen_encoder, recipe=self._recipe, encoder=encoder)
            learned[name] = learn, _digest((described + encoder.identity).encode())
        return learned

    def _is_done(self, name: str, fold: int, made_with: str) -> bool:
        path = self._part_path(name, fold)
        part = read_part(path)
        if part is not None and part["made_with"] != made_with:
            raise ConfigError(
                f"{path}: was made with another recipe or other weights; give another run folder, "
                "or delete it to score it anew"
            )
        return part is not None

    def _part_path(self, name: str, fold: int) -> Path:
        return self._folder / f"fold{fold}" / f"{name}.json"

    def _chosen(self, fold: int) -> tuple[list[LabelledClip], list[LabelledClip]]:
        count = self._recipe.clips.per_category_and_fold
        return choose(self._clips, test_fold=fold, per_category_and_fold=count)


def _encoder_patterns(texts: Sequence[str]) -> dict[str, str]:
    """`NAME=PATTERN` texts as patterns by name."""
    patterns: dict[str, str] = {}
    for text in texts:
        name, _, pattern = text.partition("=")
        if not pattern or not name.replace("_", "").replace("-", "").isalnum():
            raise ConfigError(
                f"--encoder '{text}': write NAME=PATTERN, the name of letters, digits"
            )
        if name in patterns or name in TRAINED:
            raise ConfigError(f"--encoder '{text}': the name '{name}' is taken; choose another")
        patterns[name] = pattern
    return patterns


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main())
