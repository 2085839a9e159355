"""A + B - C of sounds."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from library_rows import LibraryRows
from sqlalchemy import Connection

from kikimimi.errors import QueryError
from kikimimi.library.combination import Combination, nearest_to_combination
from kikimimi.library.example import Example, WeightedExample
from kikimimi.library.library import Library
from kikimimi.library.vector_index import VectorIndex


@pytest.fixture
def rows(tmp_path: Path) -> LibraryRows:
    return LibraryRows(tmp_path / "rows.kikimimi")


@pytest.fixture
def index(tmp_path: Path) -> VectorIndex:
    return VectorIndex(tmp_path / "index")


@pytest.fixture
def connection(rows: LibraryRows) -> Iterator[Connection]:
    points = {"a": [0, 0], "b": [4, 0], "middle": [2, 0], "far": [2, 9], "past b": [6, 0]}
    for name, vector in points.items():
        rows.add(f"/s/{name}.wav", vector)
    rows.add("/s/both.wav", [[0, 0.5], [4, 0.5]])
    with rows.engine.connect() as opened:
        yield opened


def found(
    connection: Connection, index: VectorIndex, combination: Combination, limit: int = 10
) -> list[tuple[str, float]]:
    hits = nearest_to_combination(connection, index, combination, limit=limit)
    return [(Path(hit.path_key.decode()).stem, round(hit.distance, 6)) for hit in hits]


def example(*points: list[float]) -> np.ndarray:
    return np.array(points, dtype=np.float32)


def test_a_single_example_has_its_plain_distances(
    connection: Connection, index: VectorIndex
) -> None:
    alone = found(connection, index, Combination([example([0, 0])]))
    assert alone[:2] == [("a", 0.0), ("both", 0.5)]
    twice = found(connection, index, Combination([example([0, 0]), example([0, 0])]))
    assert twice == alone


def test_a_sum_finds_what_has_both_then_what_lies_between_then_each(
    connection: Connection, index: VectorIndex
) -> None:
    both = found(connection, index, Combination([example([0, 0]), example([4, 0])]))
    assert [name for name, _ in both] == ["both", "middle", "a", "b", "past b", "far"]
    assert both[0][1] == pytest.approx(0.5)
    assert both[2][1] == both[3][1] == pytest.approx(8**0.5)


def test_a_minus_moves_what_is_nearer_to_it_and_nothing_else(
    connection: Connection, index: VectorIndex
) -> None:
    like = Combination([example([2, 0])])
    unlike = Combination([example([2, 0])], [example([6, 0])])
    before, after = dict(found(connection, index, like)), dict(found(connection, index, unlike))
    moved = {name for name in before if before[name] != after[name]}
    assert moved == {"past b"}
    assert after["past b"] == pytest.approx((4**2 + 4**2) ** 0.5)


def test_the_limit_is_kept_and_filters_choose_first(
    connection: Connection, index: VectorIndex
) -> None:
    wanted = Combination([example([0, 0]), example([4, 0])], excluded=(6,))
    hits = nearest_to_combination(
        connection, index, wanted, limit=1, allowed=np.array([1, 2, 4], dtype=np.int64)
    )
    assert {hit.sound_id for hit in hits} >= {1}
    assert 6 not in {hit.sound_id for hit in hits}


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_many_sounds_are_ranked_as_the_formula_says(
    rows: LibraryRows, index: VectorIndex, metric: str
) -> None:
    generator = np.random.default_rng(0)
    vectors = generator.standard_normal((900, 8)).astype(np.float32)
    rows.add_many([(f"/s/{at}.wav", vector, (), {}) for at, vector in enumerate(vectors)])
    a, b, c = generator.standard_normal((3, 8)).astype(np.float32)

    def squares(one: np.ndarray) -> np.ndarray:
        if metric == "euclidean":
            return ((vectors - one.astype(np.float64)) ** 2).sum(axis=1)
        lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(one)
        return 2 * (1 - vectors.astype(np.float64) @ one / lengths)

    like, unlike = (squares(a) + squares(b)) / 2, squares(c)
    expected = np.argsort(like + np.maximum(0, like - unlike))[:20]
    with rows.engine.connect() as connection:
        wanted = Combination([a, b], [c], metric=metric)  # type: ignore[arg-type]
        hits = nearest_to_combination(connection, index, wanted, limit=20)
    assert [hit.sound_id - 1 for hit in hits[:20]] == expected.tolist()


def test_there_must_be_something_to_be_like(connection: Connection, index: VectorIndex) -> None:
    with pytest.raises(QueryError, match="at least one"):
        found(connection, index, Combination([], [example([0, 0])]))
    with pytest.raises(QueryError, match="too many"):
        found(connection, index, Combination([example([0, 0])] * 21))
    with pytest.raises(QueryError, match="size"):
        found(connection, index, Combination([example([0, 0]), np.zeros((1, 3), np.float32)]))


def test_rain_and_thunder(shared_data: Path, tmp_path: Path) -> None:
    """Real clips of ESC-50 and the default encoder."""
    audio = shared_data / "esc50" / "audio"
    clips = {
        kind: sorted(audio.glob(f"*-{number}.ogg"))[:6]
        for kind, number in (("rain", 10), ("thunder", 19), ("dog", 0), ("clock", 38))
    }
    with Library(tmp_path / "esc.kikimimi") as library:
        library.index([path for paths in clips.values() for path in paths], workers=1)
        kinds = {library.sound(path).id: kind for kind, paths in clips.items() for path in paths}

        def kinds_found(*like: tuple[str, int, int]) -> list[str]:
            examples = [
                WeightedExample(Example(library.sound(clips[kind][at]).id), weight)
                for kind, at, weight in like
            ]
            return [kinds[hit.sound_id] for hit in library.search(like=examples, limit=8)]

        both = kinds_found(("rain", 0, 1), ("thunder", 0, 1))
        assert both.count("rain") >= 3
        assert both.count("thunder") >= 3
        less = kinds_found(("rain", 0, 1), ("thunder", 0, 1), ("thunder", 1, -1))
        assert less.count("thunder") < both.count("thunder")
        assert less[:4].count("rain") >= 3
