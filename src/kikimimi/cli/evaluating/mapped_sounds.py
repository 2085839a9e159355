"""The sounds of a map: their vectors, tags and files, out of a library or a data set."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kikimimi.cli.evaluating.options import cache_folder, encoder_choice
from kikimimi.cli.inputs import expand
from kikimimi.cli.progress import file_progress
from kikimimi.encoders.vocabulary import VOCABULARIES
from kikimimi.errors import QueryError
from kikimimi.library.database import read_settings
from kikimimi.library.library import Library
from kikimimi.paths import display_path
from kikimimi.types import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class MappedSounds:
    """`vectors` (V, D), and for each sound its file and its tags, the most important first.

    `title` says where they are from, `encoder` is the identity of the encoder.
    """

    title: str
    encoder: str
    vectors: FloatArray
    paths: tuple[Path, ...]
    tags: tuple[tuple[str, ...], ...]

    def drawn(self, most: int) -> "MappedSounds":
        """All of them, or so many drawn by lot, always the same."""
        if len(self.paths) <= most:
            return self
        rows = np.sort(np.random.default_rng(0).choice(len(self.paths), most, replace=False))
        return MappedSounds(
            self.title,
            self.encoder,
            self.vectors[rows],
            tuple(self.paths[row] for row in rows),
            tuple(self.tags[row] for row in rows),
        )

    def common_tags(self, most: int) -> list[str]:
        """The tags that stand first at most sounds, the most frequent first."""
        counts = Counter(tags[0] for tags in self.tags if tags)
        return [tag for tag, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))][
            :most
        ]


def sounds_of_library(library: Library, *, min_score: float) -> MappedSounds:
    """The sounds of a library that are not missing, each the mean of its windows' vectors.

    Raises:
        LibraryError: the library is damaged.
    """
    vectors: dict[Path, list[FloatArray]] = {}
    for found in library.embeddings():
        vectors.setdefault(found.path, []).append(found.embedding.vector)
    tags_by_id = library.all_tags()
    tags = {
        sound.path: tuple(t.name for t in tags_by_id.get(sound.id, ()) if t.score >= min_score)
        for sound in library.sounds()
    }
    with library.database.reading() as connection:
        identity = read_settings(connection)["encoder_identity"]
    rows = [np.mean(several, axis=0) for several in vectors.values()]
    return MappedSounds(
        title=display_path(library.path.name),
        encoder=identity,
        vectors=np.stack(rows) if rows else np.zeros((0, 1), np.float32),
        paths=tuple(vectors),
        tags=tuple(tags.get(path, ()) for path in vectors),
    )


def sounds_of_data(
    root: Path,
    dataset: str | None,
    encoder: str,
    layers: str | None,
    fuse: str,
    unit_s: float | None,
    cache: Path | None,
    most: int,
) -> MappedSounds:
    """The clips of a data set, or all sounds of a folder whose sub-folders are their labels.

    Raises:
        QueryError: there are no sounds.
        DatasetError: clips cannot be read, or the data set is not in its published layout.
        EncoderError: there is no such encoder or layer.
    """
    from kikimimi.datasets.detection import detect_dataset
    from kikimimi.tasks.probing.data import DEFAULT_UNIT_S, UNIT_SECONDS
    from kikimimi.tasks.probing.perturbation import perturbed_embeddings

    name = dataset or detect_dataset(root)
    loaded = encoder_choice(encoder, layers, fuse).create(1).load()
    paths, tags = _labelled(root, name)
    empty = np.zeros((len(paths), 0), np.float32)
    chosen = MappedSounds(display_path(root.name), loaded.identity, empty, paths, tags).drawn(most)
    seconds = unit_s or UNIT_SECONDS.get(name, DEFAULT_UNIT_S)
    with file_progress("Embedding") as step:
        vectors = perturbed_embeddings(
            chosen.paths, loaded, None,
            name="", unit_s=seconds, cache=cache_folder(cache), progress=step,
        )  # fmt: skip
    return MappedSounds(chosen.title, chosen.encoder, vectors, chosen.paths, chosen.tags)


def _labelled(root: Path, name: str) -> tuple[tuple[Path, ...], tuple[tuple[str, ...], ...]]:
    from kikimimi.datasets import folders
    from kikimimi.datasets.registry import find_dataset

    if name == folders.NAME:
        return _files(root)
    clips = find_dataset(name).clips(root)
    prefix = f"{name}/" if name in VOCABULARIES else ""
    tags = tuple(tuple(f"{prefix}{label}" for label in clip.labels) for clip in clips)
    return tuple(clip.path for clip in clips), tags


def _files(root: Path) -> tuple[tuple[Path, ...], tuple[tuple[str, ...], ...]]:
    paths: Sequence[Path] = expand([root]) if root.is_dir() else ()
    if not paths:
        raise QueryError(f"{display_path(root)}: no sounds are in it; give a folder of sounds")
    parts = [path.relative_to(root.expanduser()).parts for path in paths]
    return tuple(paths), tuple((part[0],) if len(part) > 1 else () for part in parts)
