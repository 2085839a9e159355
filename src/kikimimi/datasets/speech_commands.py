"""Speech Commands, version 2: 105,829 utterances of 35 words, about 1 s each.

Layout: `<word>/<speaker>_nohash_<take>.wav`, and the official lists `validation_list.txt` and
`testing_list.txt` (paths from the root); what neither names is for training. Audio may have any
other extension. `_background_noise_` is passed over. A speaker is in one part only.
"""

from collections import Counter
from pathlib import Path, PurePosixPath

from kikimimi.datasets.checks import require_readable_audio
from kikimimi.datasets.records import LabelledClip
from kikimimi.datasets.tables import audio_files, read_table, require_audio, require_unique
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path

NAME = "speech-commands-v2"
LICENCE = "CC BY 4.0"
CITATION = (
    "P. Warden, Speech Commands: A Dataset for Limited-Vocabulary Speech Recognition, 2018, "
    "arXiv:1804.03209"
)
SPLITS = {"train": 1, "val": 2, "test": 3}
FOLDS = tuple(SPLITS.values())
CATEGORIES = (
    *("backward", "bed", "bird", "cat", "dog", "down", "eight", "five", "follow", "forward"),
    *("four", "go", "happy", "house", "learn", "left", "marvin", "nine", "no", "off", "on"),
    *("one", "right", "seven", "sheila", "six", "stop", "three", "tree", "two", "up"),
    *("visual", "wow", "yes", "zero"),
)
CLIPS_PER_SPLIT = {"train": 84_843, "val": 9_981, "test": 11_005}
LISTS = {"val": "validation_list.txt", "test": "testing_list.txt"}

_HINT = "give the folder that holds the words and both lists of Speech Commands"
_COMPLETE = "get a complete copy of Speech Commands, version 2"


def categories(root: Path | str) -> tuple[str, ...]:
    """Return the 35 words in alphabetical order."""
    return CATEGORIES


def clips(root: Path | str) -> tuple[LabelledClip, ...]:
    """Return the utterances in order of their paths.

    Raises:
        DatasetError: a list is missing or malformed, or names a file that is not there.
    """
    found = _words(Path(root))
    split_of = {
        name: SPLITS[split] for split in LISTS for name in _listed(Path(root), split, found)
    }
    targets = {word: target for target, word in enumerate(CATEGORIES)}
    return tuple(
        _clip(name, path, targets, split_of.get(name, SPLITS["train"]))
        for name, path in found.items()
    )


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
                f"{where}: split '{split}' has {counts[SPLITS[split]]} clips, expected {expected}; "
                f"{_COMPLETE}"
            )
    require_readable_audio(found, where=where)


def _words(root: Path) -> dict[str, Path]:
    """Utterances by `<word>/<stem>`."""
    known = set(CATEGORIES)
    files = audio_files(root, hint=_HINT)
    return {_stem(name): path for name, path in files if name.partition("/")[0] in known}


def _listed(root: Path, split: str, found: dict[str, Path]) -> list[str]:
    table = root / LISTS[split]
    rows = read_table(table, (), hint=_HINT, names=("filename",))
    require_unique(rows, "filename")
    names = [_stem(row.text("filename")) for row in rows]
    require_audio(table, names, found, hint=_COMPLETE)
    return names


def _stem(name: str) -> str:
    return PurePosixPath(name).with_suffix("").as_posix()


def _clip(name: str, path: Path, targets: dict[str, int], fold: int) -> LabelledClip:
    word, _, stem = name.partition("/")
    speaker, _, take = stem.partition("_nohash_")
    return LabelledClip(path, word, targets[word], fold, speaker, take)
