"""VoxForge: read speech of volunteers; the task is the language, 6 classes.

Layout: one folder for each language, `de`, `en`, `es`, `fr`, `it` and `ru`, and in it the unpacked
submissions `<speaker>-<date>-<code>/wav/<name>.wav` (or `flac/`); any audio extension. There is no
official split: about 70 % of the speakers train, 10 % are chosen on and 20 % test, drawn by a hash
of their names; each submission of `anonymous` counts as a speaker. As the archive grows, there is
no fixed number of clips.
"""

from pathlib import Path, PurePosixPath

from kikimimi.datasets.checks import require_readable_audio, require_trainable_classes
from kikimimi.datasets.hashed_split import SPLITS as HASHED_SPLITS
from kikimimi.datasets.hashed_split import hashed_split
from kikimimi.datasets.records import LabelledClip
from kikimimi.datasets.tables import audio_files
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path

NAME = "voxforge"
LICENCE = "GPL 3.0 (the recordings)"
CITATION = "VoxForge, free speech recordings for open source speech recognition, voxforge.org"
SPLITS = HASHED_SPLITS
FOLDS = tuple(SPLITS.values())
CATEGORIES = ("de", "en", "es", "fr", "it", "ru")

_HINT = f"give the folder that holds {', '.join(CATEGORIES)} of VoxForge"


def categories(root: Path | str) -> tuple[str, ...]:
    """Return the codes of the six languages in alphabetical order."""
    return CATEGORIES


def clips(root: Path | str) -> tuple[LabelledClip, ...]:
    """Return the utterances in order of their paths.

    Raises:
        DatasetError: a language has none.
    """
    files = {
        name: path
        for name, path in audio_files(Path(root), hint=_HINT)
        if name.partition("/")[0] in CATEGORIES
    }
    labels = [name.partition("/")[0] for name in files]
    missing = sorted(set(CATEGORIES) - set(labels))
    if missing:
        raise DatasetError(f"{display_path(root)}: no audio in '{missing[0]}'; {_HINT}")
    speakers = [_speaker(PurePosixPath(name)) for name in files]
    folds = hashed_split(labels, speakers)
    return tuple(
        LabelledClip(path, label, CATEGORIES.index(label), fold, speaker, take=name)
        for (name, path), label, fold, speaker in zip(
            files.items(), labels, folds, speakers, strict=True
        )
    )


def validate(root: Path | str) -> None:
    """Check that each language has speakers on both sides and that every file can be read.

    Raises:
        DatasetError: it is not so; the message names the first fault.
    """
    found, where = clips(root), display_path(root)
    require_trainable_classes(found, where=where)
    require_readable_audio(found, where=where)


def _speaker(name: PurePosixPath) -> str:
    """`<language>/<speaker>`, of an anonymous submission its whole name."""
    submission = name.parts[1] if len(name.parts) > 2 else name.stem
    speaker = submission.partition("-")[0]
    if speaker.lower().startswith("anonymous"):
        speaker = submission
    return f"{name.parts[0]}/{speaker}"
