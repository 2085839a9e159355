"""The library of sounds as a whole: what programs, the command line and the web page use."""

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.registry import DEFAULT_ENCODER, create_encoder
from kikimimi.errors import EncoderError, LibraryError
from kikimimi.library import changes, store, tagging, touches
from kikimimi.library.contents import SoundEmbedding, all_embeddings, all_tags
from kikimimi.library.database import Database, create_database
from kikimimi.library.detections import Detections
from kikimimi.library.duplicates import DEFAULT_THRESHOLD, DuplicateGroup, find_duplicates
from kikimimi.library.encoder_setting import (
    check_wanted_encoder,
    encoder_settings,
    load_library_encoder,
    read_encoder_identity,
    read_encoder_reference,
    remember_reference,
)
from kikimimi.library.example import example_vectors
from kikimimi.library.hash_codes import HashRecall
from kikimimi.library.hash_setting import read_hash_bits, write_hash_bits
from kikimimi.library.ingest import index_folders, measure_sounds
from kikimimi.library.journal.history import History
from kikimimi.library.journal.label import Label
from kikimimi.library.layouts.layouts import Layouts
from kikimimi.library.likeness import Like, combination_of
from kikimimi.library.listing.lists import SoundLists
from kikimimi.library.locking import indexing_lock
from kikimimi.library.missing_files import MissingFiles
from kikimimi.library.playlists import Playlists
from kikimimi.library.query import Filters
from kikimimi.library.re_embedding import re_embed
from kikimimi.library.records import (
    IndexProgress,
    IndexReport,
    Sound,
    SoundReference,
    SoundTag,
)
from kikimimi.library.roots import read_roots, remember_roots
from kikimimi.library.search import Hit, SearchRequest, search
from kikimimi.library.sense import Sense, sense_of
from kikimimi.library.space import Metric
from kikimimi.library.tag_changes import TagChanges
from kikimimi.library.tag_clouds import common_tags, tag_clouds
from kikimimi.library.taught.tags import TaughtTags
from kikimimi.library.vector_index import VectorIndex
from kikimimi.paths import display_path
from kikimimi.types import FloatArray


class Library:
    """A library file, which need not exist before the first `index`.

    Args:
        path: the library file.
        encoder: name of the encoder; a new library is made with it (the default one if not
            given), an existing one must have been made with it.

    Raises:
        LibraryError: the file is no library, is damaged, or was made with another encoder.

    Example:
        >>> with Library("sounds.kikimimi") as library:
        ...     report = library.index(["~/Sounds"])
        ...     library.add_tag(["~/Sounds/knock.wav"], "door")
    """

    def __init__(self, path: str | os.PathLike[str], *, encoder: str | None = None) -> None:
        self.path = Path(path).expanduser().absolute()
        self._wanted_encoder = encoder
        self._encoder: Encoder | None = None
        self._opened: Database | None = None
        self._index: VectorIndex | None = None
        self.lists = SoundLists(
            lambda: self.database, self._vector_index, self.encoder, self._sense
        )
        """Lists of all the sounds that fit, in any order, with counts."""
        if self.path.exists():
            self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a later use opens it again."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    @property
    def database(self) -> Database:
        """Transactions on the library file.

        Raises:
            LibraryError: there is no library file yet.
        """
        return self._opened or self._open()

    def create(self, *, hash_bits: int = 0) -> None:
        """Make the library file, empty; `hash_bits` as `use_hash` takes it.

        Raises:
            LibraryError: there is a file already, or the place cannot be written.
            EncoderError: there is no encoder of this name, its weights are damaged, or it has no
                codes of that length.
        """
        encoder = create_encoder(self._wanted_encoder or DEFAULT_ENCODER).load()
        if hash_bits:
            encoder.hash_projection(hash_bits)
        create_database(self.path, _first_settings(encoder))
        self._encoder = encoder
        self._open()
        if hash_bits:
            self.use_hash(hash_bits)

    def encoder(self) -> Encoder:
        """The library's encoder with its weights, loaded once.

        Raises:
            LibraryError: the installed encoder of this name is not the one that the library was
                made with.
            EncoderError: it is not installed, or its weights are damaged.
        """
        with self.database.reading() as connection:
            # Another process may have moved the library to another encoder since the last call.
            identity = read_encoder_identity(connection)
            if self._encoder is None or self._encoder.identity != identity:
                self._encoder = load_library_encoder(
                    connection, self.path, wanted=self._wanted_encoder
                )
            moved = read_encoder_reference(connection) != self._encoder.reference
        if moved:
            with self.database.writing() as connection:
                remember_reference(connection, self._encoder)
        return self._encoder

    def index(
        self,
        roots: Iterable[str | os.PathLike[str]],
        *,
        workers: int | None = None,
        progress: IndexProgress | None = None,
        retry_failed: bool = False,
        hash_bits: int | None = None,
    ) -> IndexReport:
        """Take the sounds under folders (and single files) in, or what has changed of them.

        The library is made if there is none. Bad files are named in the report. Ctrl-C keeps what
        was committed, and the next call goes on.

        Args:
            roots: folders and files.
            workers: the most processes to use; 1 reads in this one, None uses every core.
            progress: told after each commit.
            retry_failed: read bad files again although they have not changed.
            hash_bits: as `use_hash` takes it; None leaves it as it is.

        Raises:
            LibraryError: none of `roots` exists, another process is indexing, the library cannot
                be written or was made with another encoder.
            EncoderError: the encoder cannot be loaded, or has no codes of that length.
        """
        places = [Path(root).expanduser() for root in roots]
        if not any(os.path.lexists(place) for place in places):
            names = ", ".join(display_path(place) for place in places) or "nothing was given"
            raise LibraryError(f"there is nothing to index: {names} does not exist; check the path")
        with indexing_lock(self.path):
            if not self.path.exists():
                self.create(hash_bits=hash_bits or 0)
            elif hash_bits is not None:
                self.use_hash(hash_bits)
            with self.database.writing() as connection:
                remember_roots(connection, places)
            report = index_folders(
                self.database,
                places,
                load_encoder=self.encoder,
                workers=workers,
                progress=progress,
                retry_failed=retry_failed,
            )
            self.taught.learn_unfitted()
            return report

    def roots(self) -> list[Path]:
        """The folders and files that were indexed so far, without those under another one."""
        with self.database.reading() as connection:
            return read_roots(connection)

    def measure_missing(
        self, *, workers: int | None = None, progress: IndexProgress | None = None
    ) -> IndexReport:
        """Measure the sounds that were indexed before sounds were measured; `index` does it too.

        Args:
            workers: the most processes to use; 1 reads in this one, None uses every core.
            progress: told after each commit.

        Raises:
            LibraryError: another process is indexing, or the library cannot be written.
        """
        with indexing_lock(self.path):
            return measure_sounds(
                self.database, load_encoder=self.encoder, workers=workers, progress=progress
            )

    def re_embed(
        self,
        *,
        encoder: str | None = None,
        workers: int | None = None,
        progress: IndexProgress | None = None,
    ) -> IndexReport:
        """Move the library to another encoder, or to the installed version of its own.

        Vectors and automatic tags become those of that encoder. Ids, tags given or removed by
        hand, playlists and taught tags are kept, see `re_embedding`. Until the end the library is
        as it was; after an interruption the next call goes on.

        Args:
            encoder: the name of the encoder; the library's own if not given.
            workers: the most processes to use; 1 reads in this one, None uses every core.
            progress: told of the sounds that are read, after each commit.

        Raises:
            LibraryError: none of the sounds can be read, another process is indexing, or the
                library cannot be written.
            EncoderError: there is no such encoder, or it cannot be loaded.
        """
        with self.database.reading() as connection:
            name = encoder or read_encoder_reference(connection)
        new = create_encoder(name).load()
        with indexing_lock(self.path):
            report = re_embed(self.database, new, workers=workers, progress=progress)
        self._wanted_encoder, self._encoder = None, new
        return report

    @property
    def hash_bits(self) -> int:
        """The length of the binary codes that searches go through; 0 when they go without."""
        with self.database.reading() as connection:
            return read_hash_bits(connection)

    def use_hash(self, bits: int) -> None:
        """Let searches by example go through binary codes of `bits` bits; 0 for without.

        Nothing is embedded again: the codes are made from the vectors when they are next needed.

        Raises:
            EncoderError: the library's encoder has no codes of this length.
            LibraryError: the library cannot be written or was made with another encoder.
        """
        if bits:
            self.encoder().hash_projection(bits)
        with self.database.writing() as connection:
            write_hash_bits(connection, bits)

    def hash_recall(self) -> HashRecall | None:
        """How well searches through binary codes find the nearest, by measuring it once.

        None when searches go without codes, or are exact because the library is small.

        Raises:
            EncoderError: the encoder that gives the codes cannot be loaded.
            LibraryError: the library is damaged.
        """
        if not self.hash_bits:
            return None
        index = self._vector_index()
        with self.database.reading() as connection:
            index.refresh(connection)
        return index.hash_recall()

    def purge(self) -> int:
        """Delete the sounds whose files are missing, tags and all; return how many.

        Raises:
            LibraryError: another process is indexing, or the library cannot be written.
        """
        label = Label("missing_forgotten")
        with indexing_lock(self.path), self.database.writing(label) as connection:
            deleted = store.delete_missing(connection)
            if deleted:
                changes.raise_revision(connection)
        return deleted

    def check(self) -> None:
        """Read the whole library file and check it.

        Raises:
            LibraryError: the file is damaged.
        """
        self.database.check()

    def sounds(self) -> Iterator[Sound]:
        """Every sound in the order of the paths, missing ones among them."""
        with self.database.reading() as connection:
            yield from store.read_sounds(connection)

    def sound(self, reference: SoundReference) -> Sound:
        """One sound by id or path.

        Raises:
            QueryError: it is not in the library.
        """
        with self.database.reading() as connection:
            return store.find_sound(connection, reference)

    def add_tag(self, sounds: Iterable[SoundReference], name: str) -> int:
        """Give sounds a tag; return how many did not have it from the user before.

        They are examples of it if it is a taught one.

        Raises:
            QueryError: a sound is not in the library, or the name cannot be a tag.
        """
        return self.tag_changes.add(sounds, name)

    def remove_tag(self, sounds: Iterable[SoundReference], name: str) -> int:
        """Take a tag away from sounds; an automatic one does not come back. Return how many had it.

        They are counter-examples of it if it is a taught one.

        Raises:
            QueryError: a sound is not in the library, or the tag is unknown.
        """
        return self.tag_changes.remove(sounds, name)

    def tags_of(self, sound: SoundReference) -> tuple[SoundTag, ...]:
        """The tags of a sound, the user's first, then by score.

        Raises:
            QueryError: the sound is not in the library.
        """
        with self.database.reading() as connection:
            return tagging.tags_of(connection, store.find_sound(connection, sound).id)

    def tag_counts(self) -> dict[str, int]:
        """How many present sounds have each tag, the most frequent first."""
        with self.database.reading() as connection:
            return tagging.tag_counts(connection)

    @property
    def taught(self) -> TaughtTags:
        """The tags that the library was taught by examples."""
        return TaughtTags(self.database, self._vector_index, self.encoder)

    @property
    def tag_changes(self) -> TagChanges:
        """Giving, taking, accepting and rejecting tags."""
        return TagChanges(self.database, self.taught)

    @property
    def history(self) -> History:
        """The changes that users made, to be undone and redone."""
        return History(self.database, self.taught.background)

    @property
    def revision(self) -> int:
        """A number that rises with every change of the library, whichever program makes it."""
        with self.database.reading() as connection:
            return touches.revision(connection)

    @property
    def layouts(self) -> Layouts:
        """The spaces in which the sounds of the library are laid out."""
        return Layouts(self.database, self._vector_index)

    @property
    def detections(self) -> Detections:
        """The events that were detected in the sounds of the library."""
        return Detections(self.database)

    @property
    def missing_files(self) -> MissingFiles:
        """What can be done about sounds whose files are gone."""
        return MissingFiles(self.database)

    @property
    def playlists(self) -> Playlists:
        """The playlists of the library."""
        return Playlists(self.database)

    def search(
        self,
        text: str | None = None,
        *,
        like: Like | None = None,
        filters: Filters | None = None,
        metric: Metric = "euclidean",
        pca: int | None = None,
        limit: int = 10,
    ) -> list[Hit]:
        """Find sounds: one ranked list by example, words and filters together.

        Words and filters decide who is in. With an example the nearest comes first; with words
        alone the best match, and if there are few, then the sounds that fit their sense, where the
        encoder knows words; with filters alone the order is by name (see `library.search`).

        Args:
            text: words; a comma means OR, a leading minus NOT, quotes a phrase.
            like: the example: a sound file, the id of a sound, an `Example` for a stretch of one,
                or vectors (D,) or (Q, D) of this library's encoder. A sound given by id is not
                among its own results. Or several of these and `WeightedExample`s, of which those
                of weight -1 are to be unlike (see `library.combination`).
            filters: tags, durations, formats and so on.
            metric: "euclidean" or "cosine".
            pca: compare in this number of principal components.
            limit: the most sounds to return.

        Raises:
            QueryError: the words, the example or a filter cannot be understood.
            AudioError: the example cannot be read.
            LibraryError: the library is damaged or was made with another encoder.
        """
        with self.database.reading() as connection:
            request = SearchRequest(
                text=text,
                filters=filters or Filters(),
                metric=metric,
                pca=pca,
                limit=limit,
                sense=None if text is None else lambda: self._sense(text),
                combination=None
                if like is None
                else combination_of(
                    like,
                    lambda each: example_vectors(connection, each, self.encoder),
                    metric=metric,
                    pca=pca,
                ),
            )
            return search(connection, self._vector_index(), request)

    def duplicates(self, *, threshold: float = DEFAULT_THRESHOLD) -> list[DuplicateGroup]:
        """Groups of sounds that are equal or nearly so.

        Args:
            threshold: the largest cosine distance between near-duplicates.

        Raises:
            QueryError: the threshold is negative.
        """
        with self.database.reading() as connection:
            return find_duplicates(connection, self._vector_index(), threshold=threshold)

    def all_tags(self) -> dict[int, list[SoundTag]]:
        """The tags of every sound by its id, the user's first, then by score."""
        with self.database.reading() as connection:
            return all_tags(connection)

    def embeddings(self) -> Iterator[SoundEmbedding]:
        """The vectors of all windows of sounds that are not missing, by path and time."""
        with self.database.reading() as connection:
            yield from all_embeddings(connection)

    def tag_clouds(
        self,
        names: Iterable[str] | None = None,
        *,
        top: int = 30,
        min_score: float = 0.3,
        most: int = 500,
    ) -> dict[str, FloatArray]:
        """The vectors (n, D) of the sounds of each tag, one a sound: the mean of its windows.

        Args:
            names: tags, by any of their names; None takes the most frequent.
            top: how many tags are taken without `names`.
            min_score: the least score of a sound's tag; a tag given by the user has 1.
            most: of more sounds with a tag, so many are drawn, always the same.

        Raises:
            QueryError: no sound has a tag of this name.
            LibraryError: the library is damaged.
        """
        with self.database.reading() as connection:
            if names is None:
                names = common_tags(connection, top=top, min_score=min_score)
            return tag_clouds(connection, list(names), min_score=min_score, most=most)

    def _sense(self, text: str) -> Sense | None:
        """What the words of a search mean to the encoder; None where it knows no words.

        A search by words needs no encoder, so that one that is missing or another is no error.
        """
        try:
            with self.database.reading() as connection:
                known = create_encoder(read_encoder_reference(connection)).knows_words
            encoder = self.encoder() if known else None
        except (EncoderError, LibraryError):
            return None
        return None if encoder is None else sense_of(text, encoder)

    def _vector_index(self) -> VectorIndex:
        if self._index is None:
            self._index = VectorIndex(
                self.path.with_name(self.path.name + ".index"),
                hash_source=lambda bits: self.encoder().hash_projection(bits),
            )
        return self._index

    def _open(self) -> Database:
        database = Database(self.path)
        try:
            with database.reading() as connection:
                check_wanted_encoder(connection, self.path, self._wanted_encoder)
        except LibraryError:
            database.close()
            raise
        self._opened = database
        return database


def _first_settings(encoder: Encoder) -> dict[str, str]:
    return {
        **encoder_settings(encoder),
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "revision": "0",
    }
