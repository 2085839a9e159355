"""Kinds of sound to compare: the tags of a library, a data set, or folders of sounds.

Axes: n sounds, D size of a vector.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kikimimi.cli.inputs import embed_files, expand
from kikimimi.datasets import esc50
from kikimimi.encoders.contract import Encoder
from kikimimi.errors import QueryError
from kikimimi.library.database import read_settings
from kikimimi.library.library import Library
from kikimimi.paths import display_path
from kikimimi.types import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class SoundClasses:
    """Clouds (n, D) by class name, one vector a sound.

    `source` says for people where they are from, `encoder` is the identity of the encoder;
    `failed` counts the sounds that could not be read.
    """

    source: str
    encoder: str
    clouds: dict[str, FloatArray]
    failed: int = 0


def classes_of_library(
    library: Library, names: Sequence[str] | None, *, top: int, min_score: float, most: int
) -> SoundClasses:
    """The sounds of each of the tags `names`, or of the `top` most frequent.

    Raises:
        QueryError: no sound has a tag of this name.
        LibraryError: the library is damaged.
    """
    clouds = library.tag_clouds(names, top=top, min_score=min_score, most=most)
    with library.database.reading() as connection:
        identity = read_settings(connection)["encoder_identity"]
    return SoundClasses(display_path(library.path.name), identity, clouds)


def classes_of_data(data: str, encoder: Encoder, *, most: int) -> SoundClasses:
    """The sounds of each class of a data set `NAME:FOLDER`, or of each sub-folder of a folder.

    Sounds that cannot be read are named on standard error and left out.

    Args:
        data: what was typed.
        encoder: a loaded encoder.
        most: of more sounds in a class, so many are drawn, always the same.

    Raises:
        QueryError: there is no such folder, or it has no sub-folders.
        DatasetError: the data set is not in its published layout.
    """
    name, colon, place = data.partition(":")
    if colon and name in _DATASETS:
        files = _DATASETS[name](Path(place).expanduser())
        source = f"{name} ({display_path(place)})"
    else:
        files = _folders(Path(data).expanduser())
        source = display_path(data)
    drawn = {label: _drawn(paths, most) for label, paths in files.items()}
    return _embedded(source, drawn, encoder)


def parse_names(texts: Sequence[str]) -> list[str]:
    """Read names between commas, each once; quotes hold a name that has a comma.

    Raises:
        QueryError: there is no name in the texts.
    """
    rows = csv.reader(texts, skipinitialspace=True)
    names = [name.strip() for row in rows for name in row]
    found = list(dict.fromkeys(filter(None, names)))
    if not found:
        raise QueryError("--tags holds no name; write tags with commas between them")
    return found


def groups_of(names: Sequence[str]) -> list[str] | None:
    """The major categories of ESC-50's categories; None if some of the classes are not of those."""
    known = {f"{esc50.NAME}/{category}" for category in esc50.CATEGORIES}
    if not known.issuperset(names):
        return None
    return [esc50.major_category(name) for name in names]


def _esc50_files(root: Path) -> dict[str, list[Path]]:
    files: dict[str, list[Path]] = {}
    for clip in esc50.clips(root):
        files.setdefault(f"{esc50.NAME}/{clip.label}", []).append(clip.path)
    return files


_DATASETS: dict[str, Callable[[Path], dict[str, list[Path]]]] = {esc50.NAME: _esc50_files}


def _folders(root: Path) -> dict[str, list[Path]]:
    try:
        below = sorted(path for path in root.iterdir() if path.is_dir())
    except OSError as error:
        known = " or ".join(f"{name}:FOLDER" for name in _DATASETS)
        raise QueryError(
            f"{display_path(root)}: cannot be opened ({error.strerror}); give a folder whose "
            f"sub-folders are kinds of sound, or {known}"
        ) from None
    seen = [path for path in below if not path.name.startswith(".")]
    files = {display_path(path.name): expand([path]) for path in seen}
    if not files:
        raise QueryError(
            f"{display_path(root)}: has no sub-folders; give a folder whose sub-folders are kinds "
            "of sound"
        )
    return files


def _drawn(paths: list[Path], most: int) -> list[Path]:
    if len(paths) <= most:
        return paths
    chosen = np.random.default_rng(0).choice(len(paths), most, replace=False)
    return [paths[index] for index in sorted(chosen)]


def _embedded(source: str, files: Mapping[str, list[Path]], encoder: Encoder) -> SoundClasses:
    label_of = {path: label for label, paths in files.items() for path in paths}
    vectors: dict[str, list[FloatArray]] = {label: [] for label in files}
    for path, embedded in embed_files(list(label_of), encoder, label="Embedding"):
        vectors[label_of[path]].append(embedded.vectors.mean(axis=0))
    empty = np.zeros((0, encoder.card.embedding_size), np.float32)
    clouds = {label: np.stack(rows) if rows else empty for label, rows in vectors.items()}
    read = sum(map(len, clouds.values()))
    return SoundClasses(source, encoder.identity, clouds, failed=len(label_of) - read)
