"""The scenes of what `kikimimi soundscapes` has made: home, office, street, nature and others.

Layout: see `kikimimi.datasets.event_sets.soundscapes`. Its splits are the folds; a folder that
lacks `validation` has the other two.
"""

from pathlib import Path

from kikimimi.datasets.checks import require_readable_audio
from kikimimi.datasets.event_sets import soundscapes
from kikimimi.datasets.records import LabelledClip
from kikimimi.datasets.scene_clips import scene_clips
from kikimimi.paths import display_path

NAME = "soundscape-scenes"
LICENCE = soundscapes.LICENCE
CITATION = soundscapes.CITATION
SPLITS = {"train": 1, "validation": 2, "test": 3}
FOLDS = tuple(SPLITS.values())


def categories(root: Path | str) -> tuple[str, ...]:
    """Return the scenes in the order of the recipe that made the soundscapes."""
    return soundscapes.load(Path(root)).scenes


def clips(root: Path | str) -> tuple[LabelledClip, ...]:
    """Return the clips of all splits with their scenes.

    Raises:
        DatasetError: a description or an audio file is missing or damaged.
    """
    data = soundscapes.load(Path(root))
    return tuple(
        clip
        for split, fold in SPLITS.items()
        if split in data.splits
        for clip in scene_clips(data.clips(split), data.scenes, fold=fold)
    )


def validate(root: Path | str) -> None:
    """Check that every file can be opened as far as its header.

    Raises:
        DatasetError: some cannot, or as `clips`.
    """
    require_readable_audio(clips(root), where=display_path(root))
