"""Which data set a folder holds, by what stands in it."""

from pathlib import Path

from kikimimi.datasets import (
    crema_d,
    esc50,
    folders,
    fsd50k,
    gtzan,
    label_table,
    nsynth,
    soundscape_scenes,
    speech_commands,
    tut_scenes,
    urbansound8k,
    voxceleb1,
    voxforge,
)
from kikimimi.datasets.event_sets import soundscapes, tut_acoustic_scenes

_MARKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (esc50.NAME, ("meta/esc50.csv",)),
    (urbansound8k.NAME, ("metadata/UrbanSound8K.csv",)),
    (fsd50k.NAME, ("FSD50K.ground_truth",)),
    (speech_commands.NAME, ("testing_list.txt", "validation_list.txt")),
    (crema_d.NAME, ("AudioWAV",)),
    (gtzan.NAME, ("blues", "classical", "metal")),
    (gtzan.NAME, ("genres/blues", "genres/metal")),
    (gtzan.NAME, ("genres_original/blues", "genres_original/metal")),
    (nsynth.NAME, ("nsynth-test/examples.json",)),
    (voxceleb1.NAME, ("iden_split.txt",)),
    (voxforge.NAME, tuple(voxforge.CATEGORIES)),
    (label_table.NAME, (label_table.TABLE,)),
)
"""What must all be there for a folder to be taken for a data set, the first that fits wins."""

_EVENT_SETS = (
    (soundscape_scenes.NAME, soundscapes.holds),
    (tut_scenes.NAME, tut_acoustic_scenes.holds),
)
"""Data sets of sound events whose clips have a label too: the scene."""


def detect_dataset(root: Path) -> str:
    """The name of the data set under `root`; `folders` if nothing in it tells of another."""
    if root.is_file():
        return label_table.NAME
    for name, marks in _MARKS:
        if all((root / mark).exists() for mark in marks):
            return name
    for name, holds in _EVENT_SETS:
        if holds(root):
            return name
    return folders.NAME
