"""Making all recordings of a recipe: the same recipe and versions give the same bytes."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kikimimi.datasets.machine_sounds.folder import MachineFolder
from kikimimi.datasets.machine_sounds.planning import planned_clips
from kikimimi.datasets.machine_sounds.recipe import MachineRecipe
from kikimimi.datasets.machine_sounds.rendering import Renderer

Progress = Callable[[int, int, Path, float], None]
"""Told how many recordings of how many are done, the last one, and seconds of sound made."""


@dataclass(frozen=True, slots=True)
class MachineReport:
    """What was made and what was there already; `digest` is the SHA-256 of SHA256SUMS.

    `clips` counts them by machine, and by `train_normal`, `test_normal` and `test_anomaly`.
    """

    made: int
    kept: int
    digest: str
    clips: Mapping[str, Mapping[str, int]]


def make_machine_sounds(
    recipe: MachineRecipe,
    *,
    recipe_text: str,
    out: Path,
    progress: Progress | None = None,
) -> MachineReport:
    """Write all recordings of a recipe into a folder; started again, it goes on where it was.

    Args:
        recipe: what to make.
        recipe_text: the recipe as text, written beside what is made.
        out: a folder that is empty, new, or of an earlier call.
        progress: told after each recording.

    Raises:
        DatasetError: `out` holds something else or cannot be written to.
    """
    folder = MachineFolder(out)
    folder.claim(recipe_text)
    clips = planned_clips(recipe)
    renderer = Renderer(recipe)
    made = 0
    counts: dict[str, Counter[str]] = {machine: Counter() for machine in recipe.machines}
    for done, clip in enumerate(clips, start=1):
        if not folder.has(clip):
            folder.write(clip, renderer.render(clip), recipe.sample_rate_hz)
            made += 1
        condition = "normal" if clip.operation.fault is None else "anomaly"
        counts[clip.machine][f"{clip.split}_{condition}"] += 1
        if progress is not None:
            progress(done, len(clips), out / clip.path, made * recipe.length_s)
    return MachineReport(
        made, len(clips) - made, folder.finish(clips), {m: dict(c) for m, c in counts.items()}
    )
