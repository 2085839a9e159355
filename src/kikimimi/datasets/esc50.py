"""ESC-50: 2,000 clips of environmental sound, 5 s each, 50 categories, 5 official folds.

Layout: `meta/esc50.csv` and `audio/<fold>-<source>-<take>-<target>.<extension>`. The table says
`.wav`; a file of that stem with any other extension is taken as well.
"""

import csv
from collections import Counter
from pathlib import Path

from kikimimi.datasets.records import LabelledClip
from kikimimi.errors import DatasetError

NAME = "esc50"
LICENCE = "CC BY-NC 3.0 (the ESC-10 subset: CC BY 3.0)"
CITATION = (
    "K. J. Piczak, ESC: Dataset for Environmental Sound Classification, "
    "Proc. 23rd ACM International Conference on Multimedia, 2015, doi:10.1145/2733373.2806390"
)
FOLDS = (1, 2, 3, 4, 5)
CLIPS_PER_CATEGORY_AND_FOLD = 8

MAJOR_CATEGORIES: dict[str, tuple[str, ...]] = {
    "animals": (
        *("dog", "rooster", "pig", "cow", "frog"),
        *("cat", "hen", "insects", "sheep", "crow"),
    ),
    "natural soundscapes & water sounds": (
        *("rain", "sea_waves", "crackling_fire", "crickets", "chirping_birds"),
        *("water_drops", "wind", "pouring_water", "toilet_flush", "thunderstorm"),
    ),
    "human, non-speech sounds": (
        *("crying_baby", "sneezing", "clapping", "breathing", "coughing"),
        *("footsteps", "laughing", "brushing_teeth", "snoring", "drinking_sipping"),
    ),
    "interior/domestic sounds": (
        *("door_wood_knock", "mouse_click", "keyboard_typing", "door_wood_creaks", "can_opening"),
        *("washing_machine", "vacuum_cleaner", "clock_alarm", "clock_tick", "glass_breaking"),
    ),
    "exterior/urban noises": (
        *("helicopter", "chainsaw", "siren", "car_horn", "engine"),
        *("train", "church_bells", "airplane", "fireworks", "hand_saw"),
    ),
}
"""The ten categories of each major category; in this order they have the targets 0 to 49."""

CATEGORIES: tuple[str, ...] = tuple(
    category for members in MAJOR_CATEGORIES.values() for category in members
)

_MAJOR_OF = {category: major for major, members in MAJOR_CATEGORIES.items() for category in members}
_COLUMNS = {"filename", "fold", "target", "category", "src_file", "take"}


def major_category(category: str) -> str:
    """Return the major category of a category; `"esc50/dog"` is accepted for `"dog"`.

    Raises:
        DatasetError: ESC-50 has no such category.
    """
    name = category.removeprefix(f"{NAME}/")
    if name not in _MAJOR_OF:
        raise DatasetError(f"ESC-50 has no category '{category}'; its names are like 'dog'")
    return _MAJOR_OF[name]


def clips(root: Path | str) -> tuple[LabelledClip, ...]:
    """Return the clips that the table under `root` names, in its order.

    Raises:
        DatasetError: the table or an audio file is missing, or a row is malformed.
    """
    table = Path(root) / "meta" / "esc50.csv"
    audio = _audio_by_stem(Path(root) / "audio")
    return tuple(_clip(row, table, line, audio) for line, row in enumerate(_rows(table), start=2))


def validate(root: Path | str) -> None:
    """Check that `root` holds the whole data set: each category 8 times in each fold.

    Raises:
        DatasetError: it does not; the message names the first fault.
    """
    counts = Counter((clip.label, clip.fold) for clip in clips(root))
    for category in CATEGORIES:
        for fold in FOLDS:
            found = counts[category, fold]
            if found != CLIPS_PER_CATEGORY_AND_FOLD:
                raise DatasetError(
                    f"{root}: fold {fold} has {found} clips of '{category}', expected "
                    f"{CLIPS_PER_CATEGORY_AND_FOLD}; get a complete copy of ESC-50"
                )


def _rows(table: Path) -> list[dict[str, str]]:
    try:
        with table.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = _COLUMNS.difference(reader.fieldnames or ())
            if missing:
                raise DatasetError(
                    f"{table}: no column {', '.join(sorted(missing))}; give the official table"
                )
            return list(reader)
    except OSError as error:
        raise DatasetError(
            f"{table}: cannot be read ({error.strerror}); give the folder that holds meta/ and "
            "audio/ of ESC-50"
        ) from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise DatasetError(f"{table}: is not a CSV table in UTF-8 ({error})") from error


def _audio_by_stem(folder: Path) -> dict[str, Path]:
    try:
        return {path.stem: path for path in sorted(folder.iterdir()) if path.is_file()}
    except OSError as error:
        raise DatasetError(
            f"{folder}: cannot be read ({error.strerror}); give the folder that holds meta/ and "
            "audio/ of ESC-50"
        ) from error


def _clip(row: dict[str, str], table: Path, line: int, audio: dict[str, Path]) -> LabelledClip:
    stem = Path(row["filename"] or "").stem
    fold = _number(row["fold"], FOLDS, f"{table}: line {line}: fold")
    target = _number(row["target"], range(len(CATEGORIES)), f"{table}: line {line}: target")
    if row["category"] != CATEGORIES[target]:
        raise DatasetError(
            f"{table}: line {line}: target {target} is '{CATEGORIES[target]}', not "
            f"'{row['category']}'; give the official table"
        )
    if stem not in audio:
        raise DatasetError(
            f"{table}: line {line}: there is no audio file '{stem}' with any extension; "
            "get a complete copy of ESC-50"
        )
    return LabelledClip(
        path=audio[stem],
        label=row["category"],
        target=target,
        fold=fold,
        source_id=row["src_file"],
        take=row["take"],
    )


def _number(text: str | None, allowed: tuple[int, ...] | range, where: str) -> int:
    try:
        number = int(text or "")
    except ValueError:
        number = -1
    if number not in allowed:
        raise DatasetError(
            f"{where} is '{text}', expected {allowed[0]} to {allowed[-1]}; give the official table"
        )
    return number
