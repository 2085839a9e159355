"""The scenes of TUT Acoustic Scenes 2016 and 2017, with the official folds.

Layout: see `kikimimi.datasets.event_sets.tut_acoustic_scenes`. A clip is in the fold whose test
list names it; so only the development sets, which have such lists, can be trained on.
"""

import re
from pathlib import Path

from kikimimi.datasets.checks import require_readable_audio
from kikimimi.datasets.event_sets import tut_acoustic_scenes
from kikimimi.datasets.event_sets.folder import FolderEventDataset
from kikimimi.datasets.records import LabelledClip
from kikimimi.datasets.scene_clips import scene_clips
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path

NAME = "tut-scenes"
LICENCE = tut_acoustic_scenes.LICENCE
CITATION = tut_acoustic_scenes.CITATION
FOLDS: tuple[int, ...] = ()
SPLITS: dict[str, int] = {}

_TEST = re.compile(r"fold(?P<fold>\d+)_test")
_HINT = "give the folder of a development set, with evaluation_setup/"


def categories(root: Path | str) -> tuple[str, ...]:
    """Return the scenes in alphabetical order."""
    return tut_acoustic_scenes.load(Path(root)).scenes


def clips(root: Path | str) -> tuple[LabelledClip, ...]:
    """Return all clips, fold by fold.

    Raises:
        DatasetError: a table, a list or an audio file is missing or malformed, or a clip is tested
            in no fold or in two.
    """
    data = tut_acoustic_scenes.load(Path(root))
    found: dict[Path, LabelledClip] = {}
    for split in data.splits:
        named = _TEST.fullmatch(split)
        if named is None:
            continue
        for clip in scene_clips(data.clips(split), data.scenes, fold=int(named["fold"])):
            if clip.path in found:
                raise DatasetError(
                    f"{display_path(clip.path)}: tested in the folds {found[clip.path].fold} and "
                    f"{clip.fold}; {_HINT}"
                )
            found[clip.path] = clip
    _require_all(data, found, Path(root))
    return tuple(found.values())


def validate(root: Path | str) -> None:
    """Check that every file can be opened as far as its header.

    Raises:
        DatasetError: some cannot, or as `clips`.
    """
    require_readable_audio(clips(root), where=display_path(root))


def _require_all(data: FolderEventDataset, found: dict[Path, LabelledClip], root: Path) -> None:
    missing = [clip.path for clip in data.clips("all") if clip.path not in found]
    if missing:
        raise DatasetError(
            f"{display_path(root)}: {len(missing)} clips are tested in no fold, the first is "
            f"{display_path(missing[0].name)}; {_HINT}"
        )
