"""DESED: domestic sound events in clips of 10 s, strongly, weakly and not labelled.

Layout: `metadata/` and `audio/` with the same folders in them: `train/weak`,
`train/unlabel_in_domain`, `train/synthetic*_train/soundscapes`, `train/strong_label_real` (with the
table `audioset_strong.tsv`), `validation/validation`, `eval/public`,
`validation/synthetic*_validation/soundscapes`. Any of them may be missing. The places of earlier
years (`synthetic20`, audio in `validation/` itself) are found too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kikimimi.datasets.annotations import read_annotations, read_weak_labels
from kikimimi.datasets.event_records import EventClip
from kikimimi.datasets.event_sets.folder import FolderEventDataset, ReadSplit
from kikimimi.datasets.event_sets.matching import find_audio, strong_clips
from kikimimi.datasets.tables import audio_by_stem
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path

NAME = "desed"
LICENCE = "CC BY 4.0 (annotations); each clip that of its source"
CITATION = (
    "N. Turpault, R. Serizel, A. Shah and J. Salamon, Sound event detection in domestic "
    "environments with weakly labeled data and soundscape synthesis, DCASE 2019"
)
CLASSES = (
    *("Alarm_bell_ringing", "Blender", "Cat", "Dishes", "Dog", "Electric_shaver_toothbrush"),
    *("Frying", "Running_water", "Speech", "Vacuum_cleaner"),
)

_DURATION_S = 10.0
_HINT = "give the folder that holds audio/ and metadata/ of DESED"
_LOST = "find them, or remove their rows from the table"


@dataclass(frozen=True, slots=True)
class _Strong:
    """Where a strongly labelled split stands: patterns of tables, and their audio folders."""

    table: str
    audio: tuple[str, ...]


_STRONG = {
    "train": _Strong("train/synthetic*/soundscapes.tsv", ("{folder}/soundscapes", "{folder}")),
    "train_real": _Strong("train/audioset_strong.tsv", ("train/strong_label_real",)),
    "synthetic_validation": _Strong(
        "validation/synthetic*/soundscapes.tsv", ("{folder}/soundscapes", "{folder}")
    ),
    "validation": _Strong("validation/validation.tsv", ("validation/validation", "validation")),
    "test": _Strong("eval/public.tsv", ("eval/public",)),
}
_WEAK, _UNLABELLED = "train/weak", "train/unlabel_in_domain"


def holds(root: Path) -> bool:
    """Tell whether a folder has this layout."""
    tables = [f"{_WEAK}.tsv", *(split.table for split in _STRONG.values())]
    return any(any((root / "metadata").glob(table)) for table in tables)


def load(root: Path) -> FolderEventDataset:
    """Open a copy of the data set.

    Raises:
        DatasetError: it has none of the tables.
    """
    readers: dict[str, ReadSplit] = dict(_strong_readers(root))
    if (root / "metadata" / f"{_WEAK}.tsv").is_file():
        readers["weak"] = partial(_weak_clips, root)
    if (root / "audio" / _UNLABELLED).is_dir():
        readers["unlabelled"] = partial(_unlabelled_clips, root)
    if not readers:
        raise DatasetError(f"{display_path(root)}: holds no tables of DESED; {_HINT}")
    return FolderEventDataset(name=NAME, root=root, classes=CLASSES, scenes=(), readers=readers)


def _strong_readers(root: Path) -> Iterator[tuple[str, ReadSplit]]:
    for split, place in _STRONG.items():
        tables = sorted((root / "metadata").glob(place.table))
        if tables:
            yield split, partial(_strong_clips, root, split, tables)


def _strong_clips(root: Path, split: str, tables: list[Path]) -> tuple[EventClip, ...]:
    clips: list[EventClip] = []
    for table in tables:
        events = read_annotations(table, format="dcase", classes=CLASSES)
        folder = _audio_folder(root, split, table)
        audio = find_audio(folder, events, table=table, hint=_LOST)
        clips += strong_clips(events, audio, split=split, duration_s=_DURATION_S)
    return tuple(clips)


def _audio_folder(root: Path, split: str, table: Path) -> Path:
    """The first of the places in use that is there, else the official one."""
    inside = table.parent.relative_to(root / "metadata").as_posix()
    places = [root / "audio" / name.format(folder=inside) for name in _STRONG[split].audio]
    return next((place for place in places if place.is_dir()), places[0])


def _weak_clips(root: Path) -> tuple[EventClip, ...]:
    table = root / "metadata" / f"{_WEAK}.tsv"
    labels = read_weak_labels(table, classes=CLASSES)
    audio = find_audio(root / "audio" / _WEAK, labels, table=table, hint=_LOST)
    return tuple(
        EventClip(audio[name], None, found, "weak", None, _source(name), _DURATION_S)
        for name, found in labels.items()
    )


def _unlabelled_clips(root: Path) -> tuple[EventClip, ...]:
    audio = audio_by_stem(root / "audio" / _UNLABELLED, hint=_HINT)
    return tuple(
        EventClip(path, None, None, "unlabelled", None, _source(stem), _DURATION_S)
        for stem, path in audio.items()
    )


def _source(name: str) -> str:
    """The video of a clip whose name is `Y<video>_<start>_<end>`; else the name."""
    parts = Path(name).stem.rsplit("_", 2)
    return parts[0] if len(parts) == 3 else Path(name).stem
