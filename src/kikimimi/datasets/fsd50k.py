"""FSD50K: 51,197 Freesound clips of 0.3 to 30 s, 200 classes of AudioSet, many labels a clip.

Layout: `FSD50K.ground_truth/` with `dev.csv`, `eval.csv` and `vocabulary.csv`,
`FSD50K.dev_audio/<fname>.wav`, `FSD50K.eval_audio/<fname>.wav`, and, if the licence of each clip is
to be known, `FSD50K.metadata/dev_clips_info_FSD50K.json` and its eval twin. Audio may have any
other extension. `fname` is the number of the clip at Freesound.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from kikimimi.datasets.checks import require_readable_audio
from kikimimi.datasets.records import MultiLabelClip
from kikimimi.datasets.tables import Row, audio_by_stem, read_table, require_audio, require_unique
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path

NAME = "fsd50k"
LICENCE = "CC BY 4.0 as a collection; each clip CC0, CC BY, CC BY-NC or CC Sampling+"
CITATION = (
    "E. Fonseca, X. Favory, J. Pons, F. Font and X. Serra, FSD50K: an Open Dataset of "
    "Human-Labeled Sound Events, IEEE/ACM Transactions on Audio, Speech, and Language "
    "Processing 30, 2022, pp. 829-852, doi:10.1109/TASLP.2021.3133208"
)
SPLITS = {"train": 1, "val": 2, "test": 3}
FOLDS = tuple(SPLITS.values())
CATEGORY_COUNT = 200
CLIPS_PER_SPLIT = {"train": 36_796, "val": 4_170, "test": 10_231}

_HINT = "give the folder that holds FSD50K.ground_truth/ and the audio folders"
_COMPLETE = "get a complete copy of FSD50K"


def categories(root: Path | str) -> tuple[str, ...]:
    """Return the classes in the order of the vocabulary.

    Raises:
        DatasetError: the vocabulary is missing, malformed, or names a class twice.
    """
    table = Path(root) / "FSD50K.ground_truth" / "vocabulary.csv"
    rows = read_table(table, (), hint=_HINT, names=("index", "label", "mid"))
    require_unique(rows, "label")
    return tuple(row.text("label") for row in rows)


def clips(root: Path | str) -> tuple[MultiLabelClip, ...]:
    """Return the clips of the development set and then of the evaluation set, in table order.

    Raises:
        DatasetError: a table or an audio file is missing, a row is malformed or there twice, or a
            label is not in the vocabulary.
    """
    targets = {label: target for target, label in enumerate(categories(root))}
    return _part(Path(root), "dev", targets) + _part(Path(root), "eval", targets)


def validate(root: Path | str) -> None:
    """Check that `root` holds the whole data set and that every file can be read.

    Raises:
        DatasetError: it does not; the message names the first fault.
    """
    found, where = clips(root), display_path(root)
    count = len(categories(root))
    if count != CATEGORY_COUNT:
        raise DatasetError(f"{where}: {count} classes, expected {CATEGORY_COUNT}; {_COMPLETE}")
    for split, expected in CLIPS_PER_SPLIT.items():
        count = sum(clip.fold == SPLITS[split] for clip in found)
        if count != expected:
            raise DatasetError(
                f"{where}: split '{split}' has {count} clips, expected {expected}; {_COMPLETE}"
            )
    require_readable_audio(found, where=where)


def _part(root: Path, part: str, targets: Mapping[str, int]) -> tuple[MultiLabelClip, ...]:
    """Clips of `dev` or `eval`."""
    table = root / "FSD50K.ground_truth" / f"{part}.csv"
    columns = ("fname", "labels", "split") if part == "dev" else ("fname", "labels")
    rows = read_table(table, columns, hint=_HINT)
    require_unique(rows, "fname")
    audio = audio_by_stem(root / f"FSD50K.{part}_audio", hint=_COMPLETE)
    require_audio(table, [row.text("fname") for row in rows], audio, hint=_COMPLETE)
    licences = _licences(root / "FSD50K.metadata" / f"{part}_clips_info_FSD50K.json")
    return tuple(_clip(row, audio, targets, licences) for row in rows)


def _clip(
    row: Row, audio: Mapping[str, Path], targets: Mapping[str, int], licences: Mapping[str, str]
) -> MultiLabelClip:
    name = row.text("fname")
    labels = tuple(label.strip() for label in row.text("labels").split(","))
    unknown = [label for label in labels if label not in targets]
    if unknown:
        raise DatasetError(
            f"{row.where}: label '{display_path(unknown[0])}' is not in the vocabulary; "
            "give the official tables"
        )
    return MultiLabelClip(
        path=audio[name],
        labels=labels,
        targets=tuple(targets[label] for label in labels),
        fold=_fold(row),
        source_id=name,
        licence=licences.get(name, ""),
    )


def _fold(row: Row) -> int:
    if "split" not in row.cells:
        return SPLITS["test"]
    split = row.text("split")
    if split not in ("train", "val"):
        raise DatasetError(f"{row.where}: split is '{split}', expected train or val; {_COMPLETE}")
    return SPLITS[split]


def _licences(path: Path) -> dict[str, str]:
    """Address of the licence of each clip; empty if the file is not there."""
    if not path.exists():
        return {}
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): str(about["license"]) for name, about in described.items()}
    except OSError as error:
        raise DatasetError(
            f"{display_path(path)}: cannot be read ({error.strerror}); make it readable"
        ) from error
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError) as error:
        raise DatasetError(
            f"{display_path(path)}: is not the official description of clips "
            f"({type(error).__name__}); {_COMPLETE}"
        ) from error
