"""UrbanSound8K: 8,732 slices of up to 4 s of urban sound, 10 classes, 10 official folds.

Layout: `metadata/UrbanSound8K.csv` and `audio/fold<1 to 10>/<slice_file_name>`. The table says
`.wav`; a file of that stem with any other audio extension is taken as well.
"""

from collections import Counter
from pathlib import Path, PurePosixPath

from kikimimi.datasets.checks import require_readable_audio
from kikimimi.datasets.records import LabelledClip
from kikimimi.datasets.tables import Row, audio_by_stem, read_table, require_audio, require_unique
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path

NAME = "urbansound8k"
LICENCE = "CC BY-NC"
CITATION = (
    "J. Salamon, C. Jacoby and J. P. Bello, A Dataset and Taxonomy for Urban Sound Research, "
    "Proc. 22nd ACM International Conference on Multimedia, 2014, doi:10.1145/2647868.2655045"
)
FOLDS = tuple(range(1, 11))
SPLITS: dict[str, int] = {}
CATEGORIES = (
    *("air_conditioner", "car_horn", "children_playing", "dog_bark", "drilling"),
    *("engine_idling", "gun_shot", "jackhammer", "siren", "street_music"),
)
CLIPS_PER_FOLD = (873, 888, 925, 990, 936, 823, 838, 806, 816, 837)

_COLUMNS = ("slice_file_name", "fsID", "fold", "classID", "class")
_HINT = "give the folder that holds metadata/ and audio/ of UrbanSound8K"
_COMPLETE = "get a complete copy of UrbanSound8K"


def categories(root: Path | str) -> tuple[str, ...]:
    """Return the ten classes in the order of their numbers."""
    return CATEGORIES


def clips(root: Path | str) -> tuple[LabelledClip, ...]:
    """Return the clips that the table under `root` names, in its order.

    Raises:
        DatasetError: the table or an audio file is missing, or a row is malformed or there twice.
    """
    table = Path(root) / "metadata" / "UrbanSound8K.csv"
    rows = read_table(table, _COLUMNS, hint=_HINT)
    require_unique(rows, "slice_file_name")
    wanted = [_place(row) for row in rows]
    folders = sorted({place.split("/")[0] for place in wanted})
    found = {
        f"{folder}/{stem}": path
        for folder in folders
        for stem, path in audio_by_stem(Path(root) / "audio" / folder, hint=_COMPLETE).items()
    }
    require_audio(table, wanted, found, hint=_COMPLETE)
    return tuple(_clip(row, found[place]) for row, place in zip(rows, wanted, strict=True))


def validate(root: Path | str) -> None:
    """Check that `root` holds the whole data set and that every file can be read.

    Raises:
        DatasetError: it does not; the message names the first fault.
    """
    found = clips(root)
    counts = Counter(clip.fold for clip in found)
    for fold, expected in zip(FOLDS, CLIPS_PER_FOLD, strict=True):
        if counts[fold] != expected:
            raise DatasetError(
                f"{display_path(root)}: fold {fold} has {counts[fold]} clips, expected {expected}; "
                f"{_COMPLETE}"
            )
    require_readable_audio(found, where=display_path(root))


def _place(row: Row) -> str:
    """Where the audio of a row lies: fold and stem."""
    return f"fold{row.number('fold', FOLDS)}/{PurePosixPath(row.text('slice_file_name')).stem}"


def _clip(row: Row, path: Path) -> LabelledClip:
    target = row.number("classID", range(len(CATEGORIES)))
    if row.text("class") != CATEGORIES[target]:
        raise DatasetError(
            f"{row.where}: classID {target} is '{CATEGORIES[target]}', not '{row.text('class')}'; "
            "give the official table"
        )
    return LabelledClip(
        path=path,
        label=CATEGORIES[target],
        target=target,
        fold=row.number("fold", FOLDS),
        source_id=row.text("fsID"),
        take=path.stem.partition("-")[2],
    )
