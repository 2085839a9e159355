import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from library_rows import LibraryRows
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sqlalchemy import update
from vector_helpers import (
    SIZE,
    clustered,
    damage_bit,
    damage_cut,
    damage_delete,
    damage_empty,
    damage_folder,
    damage_noise,
    sounds_of,
)

from kikimimi.errors import LibraryError, QueryError
from kikimimi.library import schema, vector_index
from kikimimi.library.space import Metric
from kikimimi.library.vector_index import VectorIndex


@pytest.fixture
def always_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Search few vectors in the way that many are searched."""
    monkeypatch.setattr(vector_index, "_FEW_ROWS", 0)


def opened(library: LibraryRows, folder: Path, **options: Any) -> VectorIndex:
    index = VectorIndex(folder, **options)
    with library.engine.connect() as connection:
        index.refresh(connection)
    return index


def oracle(
    index_rows: tuple[NDArray[np.float32], NDArray[np.int64]],
    query: NDArray[np.float32],
    count: int,
    metric: str,
    pca: int | None,
    allowed: set[int] | None,
    excluded: tuple[int, ...],
) -> dict[int, float]:
    """The nearest sounds by brute force and an independent PCA."""
    vectors, sounds = index_rows[0].astype(np.float64), index_rows[1]
    point = query.astype(np.float64)
    if pca is not None:
        fitted = PCA(pca, svd_solver="full").fit(vectors)
        vectors, point = fitted.transform(vectors), fitted.transform(point)
    if metric == "cosine":
        lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(point, axis=1)[:, None]
        distances = (1 - point @ vectors.T / lengths).min(axis=0)
    else:
        distances = np.linalg.norm(vectors[None] - point[:, None], axis=2).min(axis=0)
    best: dict[int, float] = {}
    for sound, distance in zip(sounds.tolist(), distances.tolist(), strict=True):
        if (allowed is None or sound in allowed) and sound not in excluded:
            best[sound] = min(best.get(sound, np.inf), distance)
    return dict(sorted(best.items(), key=lambda item: item[1])[:count])


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[LibraryRows, VectorIndex]:
    folder = tmp_path_factory.mktemp("large")
    library = LibraryRows(folder / "l.kikimimi")
    library.add_many(sounds_of(clustered(6000)))
    return library, opened(library, folder / "l.index")


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 1000),
    windows=st.integers(1, 3),
    count=st.sampled_from([1, 10, 200, 5000]),
    metric=st.sampled_from(["euclidean", "cosine"]),
    pca=st.sampled_from([None, 3, SIZE]),
    share=st.sampled_from([None, 0.0, 0.01, 0.9]),
    excluded=st.sampled_from([(), (1, 2, 3)]),
)
def test_it_equals_brute_force(
    large: tuple[LibraryRows, VectorIndex],
    seed: int,
    windows: int,
    count: int,
    metric: Metric,
    pca: int | None,
    share: float | None,
    excluded: tuple[int, ...],
) -> None:
    index = large[1]
    query = clustered(windows, seed)
    generator = np.random.default_rng(seed)
    every = np.unique(index.rows.sound_ids)
    allowed = None if share is None else every[generator.random(len(every)) < share]
    found = index.nearest_sounds(
        query, count, metric=metric, pca=pca, allowed=allowed, excluded=excluded
    )
    rows = (np.asarray(index.rows.vectors), index.rows.sound_ids)
    chosen = None if allowed is None else set(allowed.tolist())
    expected = oracle(rows, query, count, metric, pca, chosen, excluded)
    assert len(found) == len(expected)
    np.testing.assert_allclose(
        [one.distance for one in found], list(expected.values()), rtol=1e-5, atol=1e-6
    )
    assert {one.sound_id for one in found} == expected.keys()


def test_the_window_named_is_the_nearest(large: tuple[LibraryRows, VectorIndex]) -> None:
    index = large[1]
    for row in (0, 17, 4321):
        found = index.nearest_sounds(np.array(index.rows.vectors[row : row + 1]), 1)
        assert found[0].window_id == index.rows.window_ids[row]
        assert found[0].sound_id == index.rows.sound_ids[row]


@pytest.mark.usefixtures("always_codes")
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("pca", [None, 3])
@pytest.mark.parametrize("exact_limit", [0, 10**6])
def test_an_identical_vector_is_at_distance_zero(
    tmp_path: Path, metric: Metric, pca: int | None, exact_limit: int
) -> None:
    library = LibraryRows(tmp_path / "l")
    vectors = clustered(400) * 1e3 + 1e4
    library.add_many(sounds_of(vectors))
    index = opened(library, tmp_path / "i", exact_limit=exact_limit)
    for row in (0, 77, 399):
        found = index.nearest_sounds(vectors[row : row + 1], 3, metric=metric, pca=pca)
        assert found[0].distance == 0.0
        assert found[1].distance > 0.0


@pytest.mark.usefixtures("always_codes")
def test_equals_beyond_the_last_are_all_given(tmp_path: Path) -> None:
    library = LibraryRows(tmp_path / "l")
    vectors = np.vstack([np.ones((30, SIZE)), clustered(400) + 50])
    library.add_many([(f"/s/{at}.wav", vector, (), {}) for at, vector in enumerate(vectors)])
    index = opened(library, tmp_path / "i")
    found = index.nearest_sounds(np.ones((1, SIZE), np.float32), 10)
    assert [one.sound_id for one in found] == list(range(1, 31))
    assert {one.distance for one in found} == {0.0}


def test_many_equal_vectors_hide_no_other(tmp_path: Path) -> None:
    library = LibraryRows(tmp_path / "l")
    vectors = np.vstack([np.zeros((5000, SIZE)), np.full((1, SIZE), 0.5), np.ones((1, SIZE))])
    library.add_many([("/s/long.wav", vectors[:5000], (), {}), ("/s/a.wav", vectors[5000], (), {})])
    index = opened(library, tmp_path / "i")
    found = index.nearest_sounds(np.zeros((1, SIZE), np.float32), 2)
    assert [one.sound_id for one in found] == [1, 2]


def test_lists_find_nearly_all(tmp_path: Path) -> None:
    library = LibraryRows(tmp_path / "l")
    library.add_many(sounds_of(clustered(12_000)))
    exact = opened(library, tmp_path / "a")
    lists = opened(library, tmp_path / "b", exact_limit=5000)
    some = np.unique(exact.rows.sound_ids)[::2]
    queries = clustered(100, seed=5)
    for options in ({}, {"metric": "cosine"}, {"pca": 4}, {"allowed": some}):
        shares = []
        for query in queries:
            expected = exact.nearest_sounds(query[None], 10, **options)  # type: ignore[arg-type]
            found = lists.nearest_sounds(query[None], 10, **options)  # type: ignore[arg-type]
            shares.append(len(set(expected) & set(found)) / 10)
        assert np.mean(shares) >= 0.98, options


@pytest.mark.usefixtures("always_codes")
@pytest.mark.parametrize("exact_limit", [0, 10**6])
def test_following_the_library_equals_a_new_index(tmp_path: Path, exact_limit: int) -> None:
    library = LibraryRows(tmp_path / "l")
    ids = library.add_many(sounds_of(clustered(400)))
    followed = opened(library, tmp_path / "a", exact_limit=exact_limit)
    queries = clustered(20, seed=3)
    followed.nearest_sounds(queries[:1], 1, pca=3)
    followed.nearest_sounds(queries[:1], 1)
    library.remove(*ids[10:200:7], ids[-1])
    library.add_many(sounds_of(clustered(60, seed=8), first=90_000))
    with library.engine.connect() as connection:
        followed.refresh(connection)
    reopened = opened(library, tmp_path / "a", exact_limit=exact_limit)
    new = opened(library, tmp_path / "b")
    np.testing.assert_array_equal(followed.rows.vectors, new.rows.vectors)
    np.testing.assert_array_equal(followed.rows.sound_ids, new.rows.sound_ids)
    np.testing.assert_array_equal(reopened.rows.window_ids, new.rows.window_ids)
    same = 0
    for query in queries[:, None]:
        for options in ({}, {"metric": "cosine"}, {"pca": 3}):
            expected = new.nearest_sounds(query, 10, **options)  # type: ignore[arg-type]
            same += expected == followed.nearest_sounds(query, 10, **options)  # type: ignore[arg-type]
            same += expected == reopened.nearest_sounds(query, 10, **options)  # type: ignore[arg-type]
    assert same == 120 if exact_limit else same >= 110


def test_an_empty_library_and_one_emptied(tmp_path: Path) -> None:
    library = LibraryRows(tmp_path / "l")
    index = opened(library, tmp_path / "i")
    query = np.ones((1, 3), np.float32)
    assert index.nearest_sounds(query, 5) == []
    sound = library.add("/s/a.wav", [1, 2, 3])
    with library.engine.connect() as connection:
        index.refresh(connection)
    assert len(index.nearest_sounds(query, 5)) == 1
    library.remove(sound)
    with library.engine.connect() as connection:
        index.refresh(connection)
    assert index.nearest_sounds(query, 5) == []


@pytest.mark.usefixtures("always_codes")
@pytest.mark.parametrize(
    "damage",
    [damage_empty, damage_cut, damage_bit, damage_noise, damage_delete, damage_folder],
)
@pytest.mark.parametrize("part", ["header", "vectors", "windows", "lists", "pca"])
def test_a_damaged_cache_is_made_again(tmp_path: Path, damage: Any, part: str) -> None:
    library = LibraryRows(tmp_path / "l")
    vectors = clustered(400)
    library.add_many(sounds_of(vectors))
    index = opened(library, tmp_path / "i", exact_limit=0)
    options: dict[str, Any] = {"pca": 3} if part == "pca" else {}
    expected = index.nearest_sounds(vectors[:1], 5, **options)
    chosen = [path for path in (tmp_path / "i").iterdir() if path.name.startswith(part)]
    assert chosen
    for path in chosen:
        damage(path)
    again = opened(library, tmp_path / "i", exact_limit=0)
    assert again.nearest_sounds(vectors[:1], 5, **options) == expected


def test_the_cache_of_another_library_is_not_used(tmp_path: Path) -> None:
    first, second = LibraryRows(tmp_path / "1"), LibraryRows(tmp_path / "2")
    first.add("/s/a.wav", [1.0, 0.0])
    second.add("/s/a.wav", [0.0, 1.0])
    opened(first, tmp_path / "i")
    index = opened(second, tmp_path / "i")
    found = index.nearest_sounds(np.array([[0.0, 1.0]], np.float32), 1)
    assert found[0].distance == 0.0


def test_a_library_put_back_from_a_backup_is_noticed(tmp_path: Path) -> None:
    library = LibraryRows(tmp_path / "l")
    library.add("/s/a.wav", [1.0, 0.0])
    shutil.copy(library.path, tmp_path / "backup")
    library.add("/s/b.wav", [0.0, 1.0])
    opened(library, tmp_path / "i")
    library.engine.dispose()
    shutil.copy(tmp_path / "backup", library.path)
    library.add("/s/c.wav", [5.0, 5.0])
    library.add("/s/d.wav", [7.0, 7.0])
    index = opened(library, tmp_path / "i")
    np.testing.assert_array_equal(index.rows.vectors, [[1, 0], [5, 5], [7, 7]])


def test_an_encoder_change_is_noticed(tmp_path: Path) -> None:
    library = LibraryRows(tmp_path / "l")
    library.add_many(sounds_of(clustered(50)))
    opened(library, tmp_path / "i")
    with library.engine.begin() as connection:
        chosen = schema.settings.c.key == "encoder_identity"
        connection.execute(update(schema.settings).where(chosen).values(value="other@2"))
        vector = np.arange(SIZE, dtype="<f4")
        connection.execute(update(schema.windows).values(vector=vector.tobytes()))
    assert (opened(library, tmp_path / "i").rows.vectors == np.arange(SIZE)).all()


@pytest.mark.usefixtures("always_codes")
def test_it_works_where_nothing_can_be_written(tmp_path: Path) -> None:
    library = LibraryRows(tmp_path / "l")
    vectors = clustered(400)
    library.add_many(sounds_of(vectors))
    (tmp_path / "i").write_text("a file where the folder should be")
    index = opened(library, tmp_path / "i", exact_limit=0)
    for pca in (None, 3):
        assert index.nearest_sounds(vectors[9:10], 1, pca=pca)[0].distance == 0.0


@pytest.mark.usefixtures("always_codes")
def test_the_cache_keeps_no_old_files(tmp_path: Path) -> None:
    library = LibraryRows(tmp_path / "l")
    for at in range(3):
        library.add_many(sounds_of(clustered(400, seed=at), first=at * 10_000))
        opened(library, tmp_path / "i", exact_limit=0).nearest_sounds(clustered(1), 1)
    kinds = sorted(path.name.rpartition("-")[0] for path in (tmp_path / "i").iterdir())
    assert kinds == ["", "lists-euclidean", "vectors", "windows"]


@pytest.mark.usefixtures("always_codes")
@pytest.mark.parametrize(("added", "kept"), [(20, True), (300, False)])
def test_lists_follow_small_changes_without_being_made_anew(
    tmp_path: Path, added: int, kept: bool
) -> None:
    library = LibraryRows(tmp_path / "l")
    ids = library.add_many(sounds_of(clustered(400)))
    index = opened(library, tmp_path / "i", exact_limit=0)
    index.nearest_sounds(clustered(1), 1)
    library.remove(ids[0])
    library.add_many(sounds_of(clustered(added, seed=8), first=90_000))
    with library.engine.connect() as connection:
        index.refresh(connection)
    assert any(path.name.startswith("lists") for path in (tmp_path / "i").iterdir()) is kept
    for row in (0, len(index.rows) - 1):
        vector = np.array(index.rows.vectors[row : row + 1])
        assert index.nearest_sounds(vector, 1)[0].window_id == index.rows.window_ids[row]


@pytest.mark.parametrize(
    "query",
    [np.ones((1, SIZE + 1)), np.ones(SIZE), np.ones((0, SIZE)), np.full((1, SIZE), np.nan)],
)
def test_a_query_of_another_shape_is_refused(
    large: tuple[LibraryRows, VectorIndex], query: NDArray[np.float64]
) -> None:
    with pytest.raises(QueryError):
        large[1].nearest_sounds(query.astype(np.float32), 3)


@pytest.mark.parametrize("blob", [b"", b"abc", b"\0" * 8])
def test_vectors_of_different_sizes_are_a_damaged_library(tmp_path: Path, blob: bytes) -> None:
    library = LibraryRows(tmp_path / "l")
    library.add_many(sounds_of(clustered(10)))
    with library.engine.begin() as connection:
        chosen = schema.windows.c.id == 5
        connection.execute(update(schema.windows).where(chosen).values(vector=blob))
    with pytest.raises(LibraryError, match="different or impossible sizes"):
        opened(library, tmp_path / "i")
