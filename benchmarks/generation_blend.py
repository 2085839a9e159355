"""Whether a blend goes steadily from one sound to the other, in the space of an encoder.

    python benchmarks/generation_blend.py --data ../shared/data/esc50 \\
        --generator vae=runs/vae/generator --encoder yamnet -o runs/blend.json

Random pairs of held-out clips of different classes are blended in 9 steps. A pair passes if each
step lies farther from A and nearer to B than the one before (cosine distance). Distances are taken
from the clips themselves, and from the two ends of the blend, which are their reconstructions.
`trend` is the mean rank correlation of step and distance, the smaller of the two ends.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from generation_cases.common import NamedMaker, held_out, named_maker, print_table
from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.registry import load_encoder
from kikimimi.files import draft_of
from kikimimi.generation.making.sources import SourceSound
from kikimimi.generation.making.threads import threads
from kikimimi.generation.quality.sets import embed_set

STEPS = 9
BAR = 0.9
_SILENT = 2e-5


@dataclass(frozen=True, slots=True)
class Course:
    """Distances of the steps of one blend to A and to B."""

    to_first: tuple[float, ...]
    to_second: tuple[float, ...]

    @property
    def is_monotonic(self) -> bool:
        """Whether A becomes farther and B nearer with each step."""
        away = all(before < after for before, after in pairwise(self.to_first))
        return away and all(before > after for before, after in pairwise(self.to_second))

    @property
    def trend(self) -> float:
        """The smaller rank correlation with the steps, 1 for steady ones."""
        steps = np.arange(len(self.to_first))
        return float(
            min(
                spearmanr(steps, self.to_first).statistic,
                -spearmanr(steps, self.to_second).statistic,
            )
        )


def main() -> None:
    """Blend the pairs and print the table."""
    options = _options()
    with threads(1):
        pairs = _pairs(options)
        encoders = [load_encoder(name) for name in options.encoder]
        found = {each.name: _courses(each, pairs, encoders) for each in options.generator}
    rows, result = [], {}
    for name, by_kind in found.items():
        for (encoder, ends), courses in by_kind.items():
            passed = float(np.mean([course.is_monotonic for course in courses]))
            trend = float(np.mean([course.trend for course in courses]))
            steady = float(np.mean([course.trend >= BAR for course in courses]))
            result[f"{name}, {encoder}, {ends}"] = {
                "pairs": len(courses),
                "monotonic": passed,
                "trend": trend,
                "trend_over_0.9": steady,
            }
            shown = (f"{passed:.1%}", f"{trend:.3f}", f"{steady:.1%}")
            rows.append((name, encoder, ends, str(len(courses)), *shown))
    if options.output:
        with draft_of(options.output) as draft:
            draft.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    columns = ("generator", "encoder", "distance to", "pairs", "monotonic", "trend", "trend > 0.9")
    print_table(columns, rows)
    print(f"\nbar: {BAR:.0%} of the pairs monotonic")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--fold", type=int, default=5)
    parser.add_argument("--generator", type=named_maker, action="append", required=True)
    parser.add_argument("--encoder", action="append")
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    options.encoder = options.encoder or ["yamnet", "logmel_statistics"]
    return options


def _pairs(options: argparse.Namespace) -> list[tuple[SourceSound, SourceSound]]:
    clips = held_out(options.data, options.fold, most=400)
    sounds = clips.sounds()
    chance = np.random.default_rng(options.seed)
    pairs = []
    while len(pairs) < options.pairs:
        one, two = chance.choice(len(sounds), 2, replace=False)
        silent = min(np.abs(sounds[each].samples).max() for each in (one, two)) < _SILENT
        if clips.labels[one] != clips.labels[two] and not silent:
            pairs.append((sounds[one], sounds[two]))
    return pairs


def _courses(
    named: NamedMaker,
    pairs: Sequence[tuple[SourceSound, SourceSound]],
    encoders: Sequence[Encoder],
) -> dict[tuple[str, str], list[Course]]:
    maker = named.open()
    found: dict[tuple[str, str], list[Course]] = {}
    for number, pair in enumerate(pairs, start=1):
        first, second = (maker.hear(each) for each in pair)
        blends = [
            maker.blend(first, second, share=step / (STEPS - 1)).samples for step in range(STEPS)
        ]
        for encoder in encoders:
            sounds = [each.samples for each in pair] + blends
            rows = embed_set(encoder, sounds, name="blend").embeddings
            rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
            ends = {"the clips": rows[:2], "the ends": rows[[2, -1]]}
            for kind, (one, two) in ends.items():
                course = Course(tuple(1 - rows[2:] @ one), tuple(1 - rows[2:] @ two))
                found.setdefault((encoder.card.name, kind), []).append(course)
        if number % 20 == 0:
            print(f"{named.name}: {number} of {len(pairs)}", file=sys.stderr)
    return found


if __name__ == "__main__":
    main()
