"""CREMA-D: 7,442 spoken sentences of 91 actors in 6 emotions.

Layout: `AudioWAV/<actor>_<sentence>_<emotion>_<level>.wav`; audio may have any other extension.
There is no official split: about 70 % of the actors train, 10 % are chosen on and 20 % test, drawn
by a hash of their numbers, so that no actor is on two sides.
"""

import re
from pathlib import Path

from kikimimi.datasets.checks import require_readable_audio
from kikimimi.datasets.hashed_split import SPLITS as HASHED_SPLITS
from kikimimi.datasets.hashed_split import hashed_split
from kikimimi.datasets.records import LabelledClip
from kikimimi.datasets.tables import audio_by_stem, listed
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path

NAME = "crema-d"
LICENCE = "Open Database License 1.0, contents under the Database Contents License 1.0"
CITATION = (
    "H. Cao, D. G. Cooper, M. K. Keutmann, R. C. Gur, A. Nenkova and R. Verma, CREMA-D: "
    "Crowd-Sourced Emotional Multimodal Actors Dataset, IEEE Transactions on Affective "
    "Computing 5(4), 2014, doi:10.1109/TAFFC.2014.2336244"
)
SPLITS = HASHED_SPLITS
FOLDS = tuple(SPLITS.values())
CATEGORIES = ("anger", "disgust", "fear", "happy", "neutral", "sad")
CLIP_COUNT = 7_442

_EMOTIONS = dict(zip(("ANG", "DIS", "FEA", "HAP", "NEU", "SAD"), CATEGORIES, strict=True))
_NAME_OF_CLIP = re.compile(r"(?P<actor>\d{4})_(?P<take>[A-Z]{3}_(?P<emotion>[A-Z]{3})_[A-Z]{1,2})")
_HINT = "give the folder that holds AudioWAV/ of CREMA-D"
_COMPLETE = "get a complete copy of CREMA-D"


def categories(root: Path | str) -> tuple[str, ...]:
    """Return the six emotions in alphabetical order of their codes."""
    return CATEGORIES


def clips(root: Path | str) -> tuple[LabelledClip, ...]:
    """Return the sentences in order of their names.

    Raises:
        DatasetError: there are none, or a name is not of the official form.
    """
    folder = Path(root) / "AudioWAV"
    files = audio_by_stem(folder, hint=_HINT)
    parsed = [_NAME_OF_CLIP.fullmatch(stem) for stem in files]
    wrong = [
        stem
        for stem, found in zip(files, parsed, strict=True)
        if found is None or found["emotion"] not in _EMOTIONS
    ]
    if wrong or not files:
        raise DatasetError(
            f"{display_path(folder)}: {len(files)} audio files, of which {len(wrong)} have no name "
            f"of CREMA-D: {listed(wrong)}; {_COMPLETE}"
        )
    names = [found for found in parsed if found is not None]
    labels = [_EMOTIONS[name["emotion"]] for name in names]
    folds = hashed_split(labels, [name["actor"] for name in names])
    return tuple(
        LabelledClip(path, label, CATEGORIES.index(label), fold, name["actor"], name["take"])
        for path, label, fold, name in zip(files.values(), labels, folds, names, strict=True)
    )


def validate(root: Path | str) -> None:
    """Check that `root` holds the whole data set and that every file can be read.

    Raises:
        DatasetError: it does not; the message names the first fault.
    """
    found, where = clips(root), display_path(root)
    if len(found) != CLIP_COUNT:
        raise DatasetError(f"{where}: {len(found)} clips, expected {CLIP_COUNT}; {_COMPLETE}")
    require_readable_audio(found, where=where)
