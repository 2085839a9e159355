"""VoxCeleb1 as speaker identification: 153,516 utterances of 1,251 celebrities.

Layout: the official list `iden_split.txt` (`1`, `2` or `3` for training, validation and test, a
space, and `<speaker>/<video>/<number>.wav`), and the audio below any folders of the root, such as
`wav/`, or `dev/wav/` and `test/wav/`; any audio extension.
"""

from collections import Counter
from pathlib import Path, PurePosixPath

from kikimimi.datasets.checks import require_readable_audio
from kikimimi.datasets.records import LabelledClip
from kikimimi.datasets.tables import Row, audio_files, read_table, require_audio, require_unique
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path

NAME = "voxceleb1"
LICENCE = "CC BY 4.0 for the lists; the audio is of public videos, for research"
CITATION = (
    "A. Nagrani, J. S. Chung and A. Zisserman, VoxCeleb: a large-scale speaker identification "
    "dataset, Interspeech 2017, doi:10.21437/Interspeech.2017-950"
)
SPLITS = {"train": 1, "val": 2, "test": 3}
FOLDS = tuple(SPLITS.values())
TABLE = "iden_split.txt"
SPEAKER_COUNT = 1_251
CLIPS_PER_SPLIT = {"train": 138_361, "val": 6_904, "test": 8_251}

_HINT = f"give the folder that holds {TABLE} and the audio of VoxCeleb1"
_COMPLETE = "get a complete copy of VoxCeleb1"


def categories(root: Path | str) -> tuple[str, ...]:
    """Return the speakers, `id10001` and so on, in alphabetical order.

    Raises:
        DatasetError: the list is missing or malformed.
    """
    return _speakers(_rows(Path(root)))


def clips(root: Path | str) -> tuple[LabelledClip, ...]:
    """Return the utterances in the order of the list.

    Raises:
        DatasetError: the list or an audio file is missing, or a line is malformed or there twice.
    """
    rows = _rows(Path(root))
    require_unique(rows, "filename")
    audio = {_key(name): path for name, path in audio_files(Path(root), hint=_HINT)}
    names = [_key(row.text("filename")) for row in rows]
    require_audio(Path(root) / TABLE, names, audio, hint=_COMPLETE)
    targets = {speaker: target for target, speaker in enumerate(_speakers(rows))}
    return tuple(
        _clip(row, name, audio[name], targets) for row, name in zip(rows, names, strict=True)
    )


def validate(root: Path | str) -> None:
    """Check that `root` holds the whole data set and that every file can be read.

    Raises:
        DatasetError: it does not; the message names the first fault.
    """
    found, where = clips(root), display_path(root)
    speakers = len({clip.label for clip in found})
    if speakers != SPEAKER_COUNT:
        raise DatasetError(f"{where}: {speakers} speakers, expected {SPEAKER_COUNT}; {_COMPLETE}")
    counts = Counter(clip.fold for clip in found)
    for split, expected in CLIPS_PER_SPLIT.items():
        if counts[SPLITS[split]] != expected:
            raise DatasetError(
                f"{where}: split '{split}' has {counts[SPLITS[split]]} clips, expected {expected}; "
                f"{_COMPLETE}"
            )
    require_readable_audio(found, where=where)


def _rows(root: Path) -> list[Row]:
    names = ("split", "filename")
    return read_table(root / TABLE, (), hint=_HINT, names=names, delimiter=" ")


def _speakers(rows: list[Row]) -> tuple[str, ...]:
    return tuple(sorted({row.text("filename").partition("/")[0] for row in rows}))


def _key(name: str) -> str:
    """`<speaker>/<video>/<number>`, wherever the audio lies."""
    return "/".join(PurePosixPath(name).with_suffix("").parts[-3:])


def _clip(row: Row, name: str, path: Path, targets: dict[str, int]) -> LabelledClip:
    parts = name.split("/")
    if len(parts) != 3:
        raise DatasetError(
            f"{row.where}: '{display_path(name)}' is not of the form speaker/video/number; "
            "give the official list"
        )
    speaker, video, number = parts
    fold = row.number("split", FOLDS)
    return LabelledClip(path, speaker, targets[speaker], fold, f"{speaker}/{video}", number)
