"""Searches through binary codes: candidates by Hamming distance, then the exact distances."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from library_rows import LibraryRows
from numpy.typing import NDArray
from vector_helpers import (
    SIZE,
    clustered,
    damage_bit,
    damage_delete,
    damage_noise,
    sounds_of,
)

from kikimimi.encoders.hash_projection import HashProjection
from kikimimi.errors import EncoderError
from kikimimi.library import hash_codes, vector_index
from kikimimi.library.hash_codes import hamming_nearest, measure_recall
from kikimimi.library.hash_setting import read_hash_bits, write_hash_bits
from kikimimi.library.space import Points, Space
from kikimimi.library.vector_index import VectorIndex


def planes(bits: int) -> HashProjection:
    generator = np.random.default_rng(bits)
    weights = generator.standard_normal((bits, SIZE)).astype(np.float32)
    return HashProjection(weights, generator.standard_normal(bits).astype(np.float32))


def no_planes(bits: int) -> HashProjection:
    raise EncoderError(f"asked for {bits}")


@pytest.fixture(autouse=True)
def _always_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_index, "_FEW_ROWS", 0)


@pytest.fixture
def few_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hash_codes, "_MOST_CANDIDATES", 100)


def use(library: LibraryRows, bits: int) -> None:
    with library.engine.begin() as connection:
        write_hash_bits(connection, bits)


def opened(library: LibraryRows, folder: Path, source: Any = planes) -> VectorIndex:
    index = VectorIndex(folder, hash_source=source)
    with library.engine.connect() as connection:
        index.refresh(connection)
    return index


def codes_of(index: VectorIndex, folder: Path, bits: int) -> NDArray[np.uint8]:
    (path,) = folder.glob(f"codes-{bits}-*")
    return np.fromfile(path, np.uint8).reshape(len(index.rows), bits // 8)


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.sampled_from([1, 7, 300]),
    width=st.sampled_from([1, 2, 6, 8, 16]),
    count=st.integers(1, 400),
    share=st.sampled_from([None, 0.0, 0.3, 1.0]),
)
def test_the_nearest_codes_are_those_of_a_sort(
    seed: int, rows: int, width: int, count: int, share: float | None
) -> None:
    generator = np.random.default_rng(seed)
    codes = generator.integers(0, 4, size=(rows, width), dtype=np.uint8)
    code = generator.integers(0, 256, size=width, dtype=np.uint8)
    allowed = None if share is None else generator.random(rows) < share
    among = range(rows) if allowed is None else np.flatnonzero(allowed).tolist()
    expected = sorted(among, key=lambda row: (int(np.unpackbits(codes[row] ^ code).sum()), row))[
        :count
    ]
    assert set(hamming_nearest(code, codes, count, allowed).tolist()) == set(expected)


def test_codes_in_many_blocks_are_all_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hash_codes, "_BLOCK_CODES", 16)
    codes = np.arange(100, dtype=np.uint8)[:, None]
    allowed = np.arange(100) % 2 == 1
    for row in (1, 15, 17, 99):
        assert hamming_nearest(codes[row], codes, 1).tolist() == [row]
        assert hamming_nearest(codes[row], codes, 1, allowed).tolist() == [row]


def test_the_measured_recall_is_that_of_the_candidates() -> None:
    vectors = clustered(2000)
    points, projection = Points(vectors, Space("euclidean")), planes(32)
    codes = projection.codes(vectors)
    recall = measure_recall(codes, projection, points, target=0.9)
    shares = []
    for row in points.spread_rows(128):
        distances = np.linalg.norm(vectors - vectors[row], axis=1)
        nearest = set(np.argsort(distances)[1:11].tolist())
        found = hamming_nearest(codes[row], codes, recall.candidates)
        shares.append(len(nearest & set(found.tolist())) / 10)
    assert recall.recall == pytest.approx(np.mean(shares), abs=1e-9)
    assert 0.9 <= recall.recall <= 0.95
    assert recall.candidates < 1000


@pytest.mark.parametrize("options", [{}, {"metric": "cosine"}, {"pca": 3}])
def test_it_finds_what_an_exact_search_finds(tmp_path: Path, options: dict[str, Any]) -> None:
    library = LibraryRows(tmp_path / "l")
    library.add_many(sounds_of(clustered(3000)))
    exact = opened(library, tmp_path / "a")
    use(library, 64)
    hashed = opened(library, tmp_path / "b")
    some = np.unique(exact.rows.sound_ids)[::3]
    shares = []
    for query in clustered(60, seed=5):
        for allowed in (None, some):
            expected = exact.nearest_sounds(query[None], 10, allowed=allowed, **options)
            found = hashed.nearest_sounds(query[None], 10, allowed=allowed, **options)
            assert len(found) == 10
            assert allowed is None or {one.sound_id for one in found} <= set(allowed.tolist())
            shares.append(len(set(expected) & set(found)) / 10)
    assert np.mean(shares) >= 0.97


@pytest.mark.usefixtures("few_candidates")
def test_only_the_candidates_are_compared(tmp_path: Path) -> None:
    """A far vector with the query's code is found before a near one with another code."""
    library = LibraryRows(tmp_path / "l")
    vectors = np.vstack([np.full((500, SIZE), 10.0), np.full((1, SIZE), -0.1)])
    vectors[:500, 0] += np.arange(500)
    library.add_many([(f"/s/{at}.wav", vector, (), {}) for at, vector in enumerate(vectors)])
    use(library, 64)
    index = opened(library, tmp_path / "i", lambda bits: by_sign(bits))
    found = index.nearest_sounds(np.full((1, SIZE), 0.1, np.float32), 1)
    assert found[0].sound_id == 1


def by_sign(bits: int) -> HashProjection:
    weights = np.tile(np.eye(SIZE, dtype=np.float32), (bits // SIZE, 1))
    return HashProjection(weights, np.zeros(bits, np.float32))


@pytest.mark.parametrize("row", [0, 77, 399])
def test_an_identical_vector_is_at_distance_zero(tmp_path: Path, row: int) -> None:
    library = LibraryRows(tmp_path / "l")
    vectors = clustered(400) * 1e3 + 1e4
    library.add_many(sounds_of(vectors))
    use(library, 16)
    found = opened(library, tmp_path / "i").nearest_sounds(vectors[row : row + 1], 3)
    assert found[0].distance == 0.0
    assert found[1].distance > 0.0


def test_more_results_than_candidates(tmp_path: Path) -> None:
    library = LibraryRows(tmp_path / "l")
    library.add_many(sounds_of(clustered(400)))
    use(library, 16)
    index = opened(library, tmp_path / "i")
    every = np.unique(index.rows.sound_ids)
    found = index.nearest_sounds(clustered(1, seed=2), 1000)
    assert sorted(one.sound_id for one in found) == every.tolist()


def test_codes_follow_the_library(tmp_path: Path) -> None:
    library = LibraryRows(tmp_path / "l")
    ids = library.add_many(sounds_of(clustered(400)))
    use(library, 64)
    index = opened(library, tmp_path / "i")
    recall = index.hash_recall()
    library.remove(*ids[10:60:7], ids[-1])
    library.add_many(sounds_of(clustered(30, seed=8), first=90_000))
    # the cache has the planes, so the encoder is not asked again
    again = opened(library, tmp_path / "i", no_planes)
    vectors = np.array(again.rows.vectors)
    np.testing.assert_array_equal(codes_of(again, tmp_path / "i", 64), planes(64).codes(vectors))
    assert again.hash_recall() == recall
    for row in (0, 200, len(vectors) - 1):
        found = again.nearest_sounds(vectors[row : row + 1], 1)
        assert found[0].window_id == again.rows.window_ids[row]


def test_recall_is_measured_again_after_many_changes(tmp_path: Path) -> None:
    library = LibraryRows(tmp_path / "l")
    library.add_many(sounds_of(clustered(200)))
    use(library, 16)
    few = opened(library, tmp_path / "i").hash_recall()
    library.add_many(sounds_of(clustered(2000, seed=8), first=90_000))
    many = opened(library, tmp_path / "i").hash_recall()
    new = opened(library, tmp_path / "j").hash_recall()
    assert few is not None and many is not None
    assert many == new
    assert many.candidates > few.candidates


def test_another_length_needs_no_new_vectors(tmp_path: Path) -> None:
    library = LibraryRows(tmp_path / "l")
    library.add_many(sounds_of(clustered(400)))
    use(library, 64)
    index = opened(library, tmp_path / "i")
    index.nearest_sounds(clustered(1), 1)
    vectors = {path.name for path in (tmp_path / "i").glob("vectors-*")}
    use(library, 16)
    with library.engine.connect() as connection:
        index.refresh(connection)
        assert read_hash_bits(connection) == 16
    index.nearest_sounds(clustered(1), 1)
    assert vectors == {path.name for path in (tmp_path / "i").glob("vectors-*")}
    codes = codes_of(index, tmp_path / "i", 16)
    np.testing.assert_array_equal(codes, planes(16).codes(np.array(index.rows.vectors)))


def test_without_codes_again(tmp_path: Path) -> None:
    library = LibraryRows(tmp_path / "l")
    library.add_many(sounds_of(clustered(400)))
    use(library, 64)
    use(library, 0)
    index = opened(library, tmp_path / "i", no_planes)
    assert index.hash_recall() is None
    assert len(index.nearest_sounds(clustered(1), 5)) == 5
    assert not list((tmp_path / "i").glob("codes-*"))


@pytest.mark.parametrize("damage", [damage_bit, damage_noise, damage_delete])
@pytest.mark.parametrize("part", ["hash-64", "codes-64"])
def test_damaged_codes_are_made_again(tmp_path: Path, damage: Any, part: str) -> None:
    library = LibraryRows(tmp_path / "l")
    library.add_many(sounds_of(clustered(400)))
    use(library, 64)
    query = clustered(1, seed=3)
    expected = opened(library, tmp_path / "i").nearest_sounds(query, 5)
    (path,) = (tmp_path / "i").glob(f"{part}-*")
    damage(path)
    again = opened(library, tmp_path / "i")
    assert again.nearest_sounds(query, 5) == expected
    vectors = np.array(again.rows.vectors)
    np.testing.assert_array_equal(codes_of(again, tmp_path / "i", 64), planes(64).codes(vectors))


def test_it_works_where_nothing_can_be_written(tmp_path: Path) -> None:
    library = LibraryRows(tmp_path / "l")
    vectors = clustered(400)
    library.add_many(sounds_of(vectors))
    use(library, 64)
    (tmp_path / "i").write_text("a file where the folder should be")
    index = opened(library, tmp_path / "i")
    for options in ({}, {"pca": 3}, {"metric": "cosine"}):
        found = index.nearest_sounds(vectors[9:10], 1, **options)  # type: ignore[arg-type]
        assert found[0].distance == 0.0


def test_an_encoder_without_planes_is_an_error_that_names_it(tmp_path: Path) -> None:
    library = LibraryRows(tmp_path / "l")
    library.add_many(sounds_of(clustered(400)))
    use(library, 64)
    with pytest.raises(EncoderError, match="asked for 64"):
        opened(library, tmp_path / "i", no_planes).nearest_sounds(clustered(1), 1)
