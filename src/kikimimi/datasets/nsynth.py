"""NSynth: 305,979 notes of 4 s; the task is the family of the instrument, 11 classes.

Layout: `nsynth-train/`, `nsynth-valid/` and `nsynth-test/`, each with `examples.json` and
`audio/<note>.wav`; audio may have any other extension. `synth_lead` is in the training part only.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kikimimi.datasets.checks import require_readable_audio
from kikimimi.datasets.records import LabelledClip
from kikimimi.datasets.tables import audio_by_stem, require_audio
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path

NAME = "nsynth"
LICENCE = "CC BY 4.0"
CITATION = (
    "J. Engel, C. Resnick, A. Roberts, S. Dieleman, D. Eck, K. Simonyan and M. Norouzi, Neural "
    "Audio Synthesis of Musical Notes with WaveNet Autoencoders, ICML 2017, arXiv:1704.01279"
)
SPLITS = {"train": 1, "val": 2, "test": 3}
FOLDS = tuple(SPLITS.values())
CATEGORIES = (
    *("bass", "brass", "flute", "guitar", "keyboard", "mallet"),
    *("organ", "reed", "string", "synth_lead", "vocal"),
)
CLIPS_PER_SPLIT = {"train": 289_205, "val": 12_678, "test": 4_096}

_FOLDERS = {"train": "nsynth-train", "val": "nsynth-valid", "test": "nsynth-test"}
_HINT = "give the folder that holds nsynth-train/, nsynth-valid/ and nsynth-test/"
_COMPLETE = "get a complete copy of NSynth"


def categories(root: Path | str) -> tuple[str, ...]:
    """Return the families of instruments in the order of their numbers."""
    return CATEGORIES


def clips(root: Path | str) -> tuple[LabelledClip, ...]:
    """Return the notes of the training, validation and test parts, by name in each.

    Raises:
        DatasetError: a description or an audio file is missing, or a description is malformed.
    """
    return tuple(clip for split in SPLITS for clip in _part(Path(root), split))


def validate(root: Path | str) -> None:
    """Check that `root` holds the whole data set and that every file can be read.

    Raises:
        DatasetError: it does not; the message names the first fault.
    """
    found, where = clips(root), display_path(root)
    counts = Counter(clip.fold for clip in found)
    for split, expected in CLIPS_PER_SPLIT.items():
        if counts[SPLITS[split]] != expected:
            raise DatasetError(
                f"{where}: split '{split}' has {counts[SPLITS[split]]} notes, expected {expected}; "
                f"{_COMPLETE}"
            )
    require_readable_audio(found, where=where)


def _part(root: Path, split: str) -> list[LabelledClip]:
    folder = root / _FOLDERS[split]
    table = folder / "examples.json"
    notes = _read(table)
    audio = audio_by_stem(folder / "audio", hint=_HINT)
    require_audio(table, sorted(notes), audio, hint=_COMPLETE)
    return [_clip(table, name, notes[name], audio[name], SPLITS[split]) for name in sorted(notes)]


def _clip(table: Path, name: str, note: Any, path: Path, fold: int) -> LabelledClip:
    target = note.get("instrument_family") if isinstance(note, Mapping) else None
    if type(target) is not int or not 0 <= target < len(CATEGORIES):
        raise DatasetError(
            f"{display_path(table)}: '{display_path(name)}' has the instrument_family '{target}', "
            f"expected 0 to {len(CATEGORIES) - 1}; {_COMPLETE}"
        )
    return LabelledClip(path, CATEGORIES[target], target, fold, source_id=name, take="")


def _read(table: Path) -> dict[str, Any]:
    try:
        notes = json.loads(table.read_text(encoding="utf-8"))
    except OSError as error:
        raise DatasetError(
            f"{display_path(table)}: cannot be read ({error.strerror}); {_HINT}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{display_path(table)}: is not JSON ({error}); {_COMPLETE}") from error
    if not isinstance(notes, dict) or not notes:
        raise DatasetError(f"{display_path(table)}: describes no notes; {_COMPLETE}")
    return notes
