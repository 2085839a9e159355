"""GTZAN: 1,000 excerpts of music, 30 s each, 10 genres.

Layout: `<genre>/<genre>.<number>.wav`, in the root or in its folder `genres` or
`genres_original`; audio may have any other extension. `jazz.00054` is damaged in the published
archive and is left out.

Many excerpts are of one recording or one artist (Sturm, "The State of the Art Ten Years After a
State of the Art", 2014). The fault-filtered split is used where its three lists stand in the root
(`train_filtered.txt`, `valid_filtered.txt`, `test_filtered.txt`, paths such as
`blues/blues.00029.wav` line by line); excerpts in none of them are left out. Without the lists
about 70, 10 and 20 % of each genre are drawn by a hash of their names: artists are then on both
sides, and figures are higher than, and not comparable with, those on the filtered split.
"""

from collections import Counter
from pathlib import Path, PurePosixPath

from kikimimi.datasets.checks import require_readable_audio
from kikimimi.datasets.hashed_split import SPLITS as HASHED_SPLITS
from kikimimi.datasets.hashed_split import hashed_split
from kikimimi.datasets.records import LabelledClip
from kikimimi.datasets.tables import audio_files, read_table, require_audio, require_unique
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path

NAME = "gtzan"
LICENCE = "none stated; excerpts of published music, for research"
CITATION = (
    "G. Tzanetakis and P. Cook, Musical Genre Classification of Audio Signals, IEEE Transactions "
    "on Speech and Audio Processing 10(5), 2002, doi:10.1109/TSA.2002.800560"
)
SPLITS = HASHED_SPLITS
FOLDS = tuple(SPLITS.values())
CATEGORIES = (
    *("blues", "classical", "country", "disco", "hiphop"),
    *("jazz", "metal", "pop", "reggae", "rock"),
)
CLIPS_PER_CATEGORY = 99
"""The least that a whole copy has of each genre, without the damaged one."""
LISTS = {"train": "train_filtered.txt", "val": "valid_filtered.txt", "test": "test_filtered.txt"}

_DAMAGED = "jazz/jazz.00054"
_PLACES = ("genres", "genres_original")
_HINT = "give the folder that holds one folder for each genre of GTZAN"
_COMPLETE = "get a complete copy of GTZAN"


def categories(root: Path | str) -> tuple[str, ...]:
    """Return the ten genres in alphabetical order."""
    return CATEGORIES


def clips(root: Path | str) -> tuple[LabelledClip, ...]:
    """Return the excerpts in order of their paths.

    Raises:
        DatasetError: there are none, or a list is missing, malformed or names an absent file.
    """
    files = _files(Path(root))
    folds = _listed_folds(Path(root), files) or _hashed_folds(files)
    return tuple(
        LabelledClip(
            path=files[name],
            label=name.partition("/")[0],
            target=CATEGORIES.index(name.partition("/")[0]),
            fold=fold,
            source_id=name,
            take="",
        )
        for name, fold in folds.items()
    )


def validate(root: Path | str) -> None:
    """Check that `root` holds the whole data set and that every file can be read.

    Raises:
        DatasetError: it does not; the message names the first fault.
    """
    counts = Counter(name.partition("/")[0] for name in _files(Path(root)))
    for genre in CATEGORIES:
        if counts[genre] < CLIPS_PER_CATEGORY:
            raise DatasetError(
                f"{display_path(root)}: {counts[genre]} excerpts of '{genre}', expected "
                f"{CLIPS_PER_CATEGORY} or more; {_COMPLETE}"
            )
    require_readable_audio(clips(root), where=display_path(root))


def _files(root: Path) -> dict[str, Path]:
    """Excerpts by `<genre>/<stem>`."""
    inner = [root / place for place in _PLACES if (root / place).is_dir()]
    files = {
        _stem(name): path
        for name, path in audio_files(inner[0] if inner else root, hint=_HINT)
        if name.partition("/")[0] in CATEGORIES and _stem(name) != _DAMAGED
    }
    if not files:
        raise DatasetError(f"{display_path(root)}: no excerpt of a genre is in it; {_HINT}")
    return files


def _stem(name: str) -> str:
    return PurePosixPath(name).with_suffix("").as_posix()


def _listed_folds(root: Path, files: dict[str, Path]) -> dict[str, int]:
    """Parts by the three lists; empty where none of them is there."""
    if not any((root / table).exists() for table in LISTS.values()):
        return {}
    folds: dict[str, int] = {}
    for split, table in LISTS.items():
        rows = read_table(root / table, (), hint="give all three lists", names=("filename",))
        require_unique(rows, "filename")
        names = [_stem(row.text("filename")) for row in rows]
        require_audio(root / table, names, files, hint=_COMPLETE)
        twice = [name for name in names if name in folds]
        if twice:
            raise DatasetError(
                f"{display_path(root / table)}: '{display_path(twice[0])}' is in another list, "
                "too; correct the lists"
            )
        folds.update(dict.fromkeys(names, SPLITS[split]))
    return folds


def _hashed_folds(files: dict[str, Path]) -> dict[str, int]:
    names = list(files)
    folds = hashed_split([name.partition("/")[0] for name in names], names)
    return dict(zip(names, folds, strict=True))
