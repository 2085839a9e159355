"""Making all soundscapes of a recipe: the same recipe and sources give the same bytes."""

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from kikimimi.datasets.annotations import read_annotations
from kikimimi.datasets.annotations.jams import read_recordings, recording_name
from kikimimi.datasets.digests import file_sha256, json_text
from kikimimi.datasets.records import LabelledClip
from kikimimi.datasets.soundscape.backgrounds import Surroundings
from kikimimi.datasets.soundscape.describing import describe_clips
from kikimimi.datasets.soundscape.folder import STATISTICS, SoundscapeFolder
from kikimimi.datasets.soundscape.placement import plan_soundscape, scene_order
from kikimimi.datasets.soundscape.recipe import SoundscapeRecipe
from kikimimi.datasets.soundscape.rendering import render_soundscape
from kikimimi.datasets.soundscape.sources import SourcePool, kept_apart
from kikimimi.datasets.soundscape.statistics import split_statistics

Progress = Callable[[int, int, Path, float], None]
"""Told how many soundscapes of how many are done, the last one, and seconds of sound so far."""

_DECIDING = ("numpy", "scipy", "soundfile", "soxr")
"""Packages whose versions may show in the last bit of a sample or in the coding of a file."""


@dataclass(frozen=True, slots=True)
class SoundscapeReport:
    """What was made, and what was there already; `digest` is the SHA-256 of SHA256SUMS."""

    made: int
    kept: int
    digest: str
    statistics: Mapping[str, Any]


def make_soundscapes(
    recipe: SoundscapeRecipe,
    *,
    recipe_text: str,
    sources: Sequence[LabelledClip],
    licence: str,
    out: Path,
    progress: Progress | None = None,
) -> SoundscapeReport:
    """Write all soundscapes of a recipe into a folder; started again, it goes on where it was.

    Each soundscape depends on the recipe's seed, the split and its own number, not on the others.
    Of recordings that are in folds of two splits only the clips of the first are used, unless the
    recipe shares its sources.

    Args:
        recipe: what to make.
        recipe_text: the recipe as text, written beside what is made.
        sources: the single sounds, with category, fold and source.
        licence: of the sources, and so of what is made.
        out: a folder that is empty, new, or of an earlier call.
        progress: told after each soundscape.

    Raises:
        ConfigError: the recipe asks for something that is not there.
        DatasetError: `out` holds something else, or a category has no sounds.
        AudioError: a source cannot be read.
    """
    used = _used(recipe, sources)
    folder = SoundscapeFolder(out)
    folder.claim(recipe_text, _described(used, licence))
    pool = SourcePool(used, sample_rate_hz=recipe.sample_rate_hz)
    tasks = [
        (split, number, scene)
        for split in recipe.splits
        for number, scene in enumerate(scene_order(recipe, recipe.soundscapes(split)))
    ]
    made = 0
    if not folder.complete:
        for done, (split, number, scene) in enumerate(tasks, start=1):
            if not folder.is_done(split, number):
                _make_one(recipe, split, number, scene, pool, folder)
                made += 1
            if progress is not None:
                name = out / f"{split}_{number:04d}"
                progress(done, len(tasks), name, made * recipe.length_s)
        _finish(recipe, folder)
    statistics = _statistics(recipe, folder)
    return SoundscapeReport(made, len(tasks) - made, folder.digest(), statistics)


def _make_one(
    recipe: SoundscapeRecipe,
    split: str,
    number: int,
    scene: str,
    pool: SourcePool,
    folder: SoundscapeFolder,
) -> None:
    sequence = np.random.SeedSequence([recipe.seed, zlib.crc32(split.encode()), number])
    planning, mixing = (np.random.default_rng(child) for child in sequence.spawn(2))
    settings = recipe.splits[split]
    plan = plan_soundscape(recipe, scene=scene, split=settings, pool=pool, rng=planning)
    surroundings = Surroundings(pool, settings.folds, mixing, recipe.sample_rate_hz)
    rendered = render_soundscape(recipe, plan, surroundings=surroundings)
    clips = describe_clips(recipe, split, number, plan, rendered)
    folder.write_soundscape(split, number, rendered.samples, recipe.sample_rate_hz, clips)


def _finish(recipe: SoundscapeRecipe, folder: SoundscapeFolder) -> None:
    for split in recipe.splits:
        folder.finish_split(
            split,
            recipe.soundscapes(split),
            classes=tuple(recipe.events),
            scenes=tuple(recipe.scenes),
        )
    folder.finish(tuple(recipe.splits))


def _used(recipe: SoundscapeRecipe, sources: Iterable[LabelledClip]) -> list[LabelledClip]:
    """The clips that the recipe names, no recording in two splits unless it says so."""
    categories = {name for event in recipe.events for name in recipe.categories(event)}
    for scene in recipe.scenes.values():
        categories |= {b.name for b in scene.backgrounds if b.kind == "ambience"}
    split_of = {fold: name for name, split in recipe.splits.items() for fold in split.folds}
    named = [clip for clip in sources if clip.label in categories and clip.fold in split_of]
    return named if recipe.shared_sources else kept_apart(named, split_of)


def _described(used: Sequence[LabelledClip], licence: str) -> dict[str, Any]:
    lines = sorted(f"{file_sha256(clip.path)}  {clip.path.name}\n" for clip in used)
    return {
        "clips": len(used),
        "sha256": hashlib.sha256("".join(lines).encode()).hexdigest(),
        "licence": licence,
        "versions": {package: version(package) for package in _DECIDING},
    }


def _statistics(recipe: SoundscapeRecipe, folder: SoundscapeFolder) -> dict[str, Any]:
    figures = {split: _figures(recipe, folder.root / f"{split}.json") for split in recipe.splits}
    folder.write_text(STATISTICS, json_text(figures))
    return figures


def _figures(recipe: SoundscapeRecipe, description: Path) -> dict[str, Any]:
    whole: dict[str, set[tuple[str, float, float]]] = defaultdict(set)
    scene_of: dict[str, str] = {}
    for recording in read_recordings(description):
        about = recording["sandbox"]
        scene_of[str(recording_name(recording))] = about["scene"]
        for observation in recording["annotations"][0]["data"]:
            value = observation["value"]
            key = (about["soundscape"], value["event_time"], value["event_duration"])
            whole[value["label"]].add(key)
    return split_statistics(
        read_annotations(description, format="jams"),
        classes=tuple(recipe.events),
        scene_of=scene_of,
        clip_s=recipe.clip_s,
        durations_s={label: sorted(key[2] for key in keys) for label, keys in whole.items()},
    )
