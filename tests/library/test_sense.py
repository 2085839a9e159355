"""Words that find sounds by what they mean, behind those that hold them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from library_rows import LibraryRows

from kikimimi.encoders.placeholder import PlaceholderEncoder
from kikimimi.library.library import Library
from kikimimi.library.query import Filters
from kikimimi.library.search import Hit, SearchRequest, search
from kikimimi.library.sense import Sense, Understood, sense_of, understand
from kikimimi.library.vector_index import VectorIndex
from kikimimi.types import FloatArray


class Searcher:
    """A library of unit vectors and one call for a search by words."""

    def __init__(self, folder: Path) -> None:
        self.rows = LibraryRows(folder / "l.kikimimi")
        self.index = VectorIndex(folder / "l.index")

    def add(self, path: str, degrees: Sequence[float] | float, **columns: Any) -> int:
        angles = np.radians(np.atleast_1d(degrees))
        return self.rows.add(path, np.stack([np.cos(angles), np.sin(angles)], axis=1), **columns)

    def hits(self, text: str, *, least_cosine: float = -1.0, **request: Any) -> list[Hit]:
        vectors = np.array([[1.0, 0.0]], np.float32)
        with self.rows.engine.connect() as connection:
            sense = Sense(vectors, least_cosine)
            wanted = SearchRequest(text=text, sense=lambda: sense, **request)
            return search(connection, self.index, wanted)

    def names(self, text: str, **request: Any) -> list[str]:
        return [hit.path.name for hit in self.hits(text, **request)]


@pytest.fixture
def library(tmp_path: Path) -> Searcher:
    searcher = Searcher(tmp_path)
    searcher.add("/s/near.wav", 10)
    searcher.add("/s/far.wav", 170)
    searcher.add("/s/middle.wav", [120, 60])
    searcher.add("/s/slam.wav", 175)
    searcher.add("/s/tagged.wav", 178, tags=[("slam", 0.2, "auto")])
    return searcher


def test_what_holds_the_words_comes_first_then_what_fits_their_sense(library: Searcher) -> None:
    hits = library.hits("slam")
    assert [(hit.path.name, hit.found_by) for hit in hits] == [
        ("slam.wav", "words"),
        ("tagged.wav", "words"),
        ("near.wav", "sense"),
        ("middle.wav", "sense"),
        ("far.wav", "sense"),
    ]
    assert [hit.rank for hit in hits] == [1, 2, 3, 4, 5]
    distances = [hit.distance for hit in hits]
    assert distances == sorted(distances)
    cosines = np.cos(np.radians([10, 60, 170]))
    np.testing.assert_allclose(distances[2:], 1 - 0.3 * (1 + cosines) / 2, atol=1e-5)


def test_the_stretch_is_the_one_that_fits_best(library: Searcher) -> None:
    middle = library.hits("slam")[3]
    assert (middle.start_s, middle.end_s) == (1.0, 2.0)


def test_the_sense_is_not_asked_for_when_the_words_find_enough(library: Searcher) -> None:
    def unwanted() -> Sense:
        raise AssertionError("asked for the sense")

    with library.rows.engine.connect() as connection:
        request = SearchRequest(text="slam", sense=unwanted, limit=2)
        assert len(search(connection, library.index, request)) == 2


def test_limit_filters_and_missing_files_hold_for_the_sense_too(library: Searcher) -> None:
    library.add("/other/nearest.wav", 1)
    library.add("/s/gone.wav", 0, missing=1)
    assert library.names("slam", limit=4) == ["slam.wav", "tagged.wav", "nearest.wav", "near.wav"]
    assert library.names("thud", filters=Filters(folders=("/s",)), limit=2) == [
        "near.wav",
        "middle.wav",
    ]


def test_vectors_of_any_length_are_compared_by_their_direction(tmp_path: Path) -> None:
    searcher = Searcher(tmp_path)
    searcher.rows.add("/s/long.wav", [[10.0, 1.0]])
    searcher.rows.add("/s/short.wav", [[0.5, 0.5]])
    assert searcher.names("thud") == ["long.wav", "short.wav"]


def test_what_fits_no_better_than_ordinary_sounds_is_not_found(library: Searcher) -> None:
    assert library.names("thud", least_cosine=0.4) == ["near.wav", "middle.wav"]
    assert library.names("thud", least_cosine=0.6) == ["near.wav"]
    assert library.names("slam", least_cosine=0.99) == ["slam.wav", "tagged.wav"]
    assert library.names("thud", least_cosine=0.99) == []


def test_an_empty_library_finds_nothing(tmp_path: Path) -> None:
    assert Searcher(tmp_path).hits("thud") == []


@pytest.mark.parametrize(
    ("text", "sentences", "unknown"),
    [
        ("a heavy door slams", ("a heavy door slams",), ()),
        ("犬が吠える、雨", ("dog barking", "rain"), ()),
        ("ゴジラ 足音", ("footsteps",), ("ゴジラ",)),
        ("ゴジラ", (), ("ゴジラ",)),
        ('"heavy door"', (), ()),
        ("door -slam", (), ()),
    ],
)
def test_what_is_understood_of_a_query(
    text: str, sentences: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    assert understand(text) == Understood(sentences, unknown)


class Knowing(PlaceholderEncoder):
    """An encoder that knows words."""

    @property
    def knows_words(self) -> bool:
        return True

    def text_query(self, texts: Sequence[str]) -> FloatArray:
        return np.eye(len(texts), 4, dtype=np.float32)

    def least_cosines(self, queries: FloatArray) -> FloatArray:
        return np.linspace(0.2, 0.9, len(queries), dtype=np.float32)


def test_sentences_become_vectors_where_the_encoder_knows_words() -> None:
    sense = sense_of("rain, wind", Knowing())
    assert sense is not None
    assert sense.vectors.shape == (2, 4)
    assert sense.least_cosine == pytest.approx(0.2)
    assert sense_of('"rain"', Knowing()) is None
    assert sense_of("rain", PlaceholderEncoder()) is None


def test_words_need_no_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Library(tmp_path / "l.kikimimi", encoder="placeholder") as library:
        library.create()
        monkeypatch.setattr(PlaceholderEncoder, "weights_digest", "another")
        monkeypatch.setattr(PlaceholderEncoder, "knows_words", True)
        assert library.search("rain") == []
