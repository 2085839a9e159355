"""ESC-50: 2,000 clips of environmental sound, 5 s each, 50 categories, 5 official folds.

Layout: `meta/esc50.csv` and `audio/<fold>-<source>-<take>-<target>.<extension>`. The table says
`.wav`; a file of that stem with any other audio extension is taken as well.
"""

from collections import Counter
from pathlib import Path

from kikimimi.datasets.checks import require_readable_audio
from kikimimi.datasets.records import LabelledClip
from kikimimi.datasets.tables import Row, audio_by_stem, read_table, require_audio, require_unique
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path

NAME = "esc50"
LICENCE = "CC BY-NC 3.0 (the ESC-10 subset: CC BY 3.0)"
CITATION = (
    "K. J. Piczak, ESC: Dataset for Environmental Sound Classification, "
    "Proc. 23rd ACM International Conference on Multimedia, 2015, doi:10.1145/2733373.2806390"
)
FOLDS = (1, 2, 3, 4, 5)
SPLITS: dict[str, int] = {}
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

ESC10_CATEGORIES: tuple[str, ...] = (
    *("dog", "rooster", "rain", "sea_waves", "crackling_fire"),
    *("crying_baby", "sneezing", "clock_tick", "helicopter", "chainsaw"),
)
"""The subset ESC-10, whose clips are under CC BY 3.0."""

_MAJOR_OF = {category: major for major, members in MAJOR_CATEGORIES.items() for category in members}
_COLUMNS = ("filename", "fold", "target", "category", "src_file", "take")
_HINT = "give the folder that holds meta/ and audio/ of ESC-50"
_COMPLETE = "get a complete copy of ESC-50"


def categories(root: Path | str) -> tuple[str, ...]:
    """Return the fifty categories in the order of their targets."""
    return CATEGORIES


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
        DatasetError: the table or an audio file is missing, or a row is malformed or there twice.
    """
    table = Path(root) / "meta" / "esc50.csv"
    audio = audio_by_stem(Path(root) / "audio", hint=_HINT)
    rows = read_table(table, _COLUMNS, hint=_HINT)
    require_unique(rows, "filename")
    require_audio(table, [_stem(row) for row in rows], audio, hint=_COMPLETE)
    return tuple(_clip(row, audio[_stem(row)]) for row in rows)


def validate(root: Path | str) -> None:
    """Check that `root` holds the whole data set: each category 8 times in each fold.

    Every file is opened as far as its header.

    Raises:
        DatasetError: it does not; the message names the first fault.
    """
    found = clips(root)
    counts = Counter((clip.label, clip.fold) for clip in found)
    for category in CATEGORIES:
        for fold in FOLDS:
            count = counts[category, fold]
            if count != CLIPS_PER_CATEGORY_AND_FOLD:
                raise DatasetError(
                    f"{display_path(root)}: fold {fold} has {count} clips of '{category}', "
                    f"expected {CLIPS_PER_CATEGORY_AND_FOLD}; {_COMPLETE}"
                )
    require_readable_audio(found, where=display_path(root))


def _stem(row: Row) -> str:
    return Path(row.text("filename")).stem


def _clip(row: Row, path: Path) -> LabelledClip:
    fold = row.number("fold", FOLDS)
    target = row.number("target", range(len(CATEGORIES)))
    if row.text("category") != CATEGORIES[target]:
        raise DatasetError(
            f"{row.where}: target {target} is '{CATEGORIES[target]}', not "
            f"'{row.text('category')}'; give the official table"
        )
    return LabelledClip(
        path=path,
        label=CATEGORIES[target],
        target=target,
        fold=fold,
        source_id=row.text("src_file"),
        take=row.text("take"),
    )
