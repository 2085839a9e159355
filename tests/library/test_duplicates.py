from pathlib import Path

import numpy as np
import pytest
from library_rows import LibraryRows

from kikimimi.errors import QueryError
from kikimimi.library.duplicates import DuplicateGroup, find_duplicates
from kikimimi.library.vector_index import VectorIndex


def groups(library: LibraryRows, folder: Path, **options: float) -> list[DuplicateGroup]:
    with library.engine.connect() as connection:
        return find_duplicates(connection, VectorIndex(folder / "i"), **options)


def names(found: list[DuplicateGroup]) -> list[list[str]]:
    return [[one.path.name for one in group.sounds] for group in found]


def turned(angle: float) -> list[float]:
    return [float(np.cos(angle)), float(np.sin(angle))]


def test_groups_by_bytes_sound_and_duration(tmp_path: Path) -> None:
    library = LibraryRows(tmp_path / "l")
    library.add("/s/a.wav", turned(0.0), content_hash="1")
    library.add("/s/copy of a.wav", turned(0.0), content_hash="1")
    library.add("/s/b.wav", turned(1.0), duration_s=2.0)
    library.add("/s/b louder.wav", 3 * np.array(turned(1.01)), duration_s=2.09)
    library.add("/s/b twice as long.wav", turned(1.0), duration_s=4.0)
    library.add("/s/other.wav", turned(2.0))
    found = groups(library, tmp_path)
    assert names(found) == [["a.wav", "copy of a.wav"], ["b louder.wav", "b.wav"]]
    assert [group.exact for group in found] == [True, False]
    assert found[0].distance == 0.0
    assert found[1].distance == pytest.approx(1 - np.cos(0.01), rel=1e-3)


def test_equal_bytes_stand_together_whatever_the_vectors(tmp_path: Path) -> None:
    library = LibraryRows(tmp_path / "l")
    library.add("/s/a.wav", turned(0.0), content_hash="1")
    library.add("/s/b.wav", turned(2.0), content_hash="1", duration_s=9.0)
    assert names(groups(library, tmp_path)) == [["a.wav", "b.wav"]]


def test_chains_make_one_group(tmp_path: Path) -> None:
    library = LibraryRows(tmp_path / "l")
    for at in range(5):
        library.add(f"/s/{at}.wav", turned(0.1 * at))
    assert names(groups(library, tmp_path, threshold=0.006)) == [[f"{at}.wav" for at in range(5)]]
    assert groups(library, tmp_path, threshold=0.004) == []


def test_missing_sounds_count_not(tmp_path: Path) -> None:
    library = LibraryRows(tmp_path / "l")
    library.add("/s/a.wav", [1, 0])
    library.add("/s/b.wav", [1, 0])
    library.lose(2)
    assert groups(library, tmp_path) == []


def test_it_equals_a_comparison_of_all_pairs(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    library = LibraryRows(tmp_path / "l")
    vectors = generator.standard_normal((3000, 3)).astype(np.float32)
    durations = generator.uniform(0.1, 3, 3000).round(3)
    library.add_many(
        [
            (f"/s/{at:04d}.wav", vector, (), {"duration_s": float(duration)})
            for at, (vector, duration) in enumerate(zip(vectors, durations, strict=True))
        ]
    )
    unit = vectors.astype(float) / np.linalg.norm(vectors.astype(float), axis=1, keepdims=True)
    shorter, longer = np.minimum.outer(durations, durations), np.maximum.outer(durations, durations)
    near = (1 - unit @ unit.T <= 1e-4) & (longer <= 1.05 * shorter + 0.02)
    root = list(range(3000))
    for first, second in np.argwhere(np.triu(near, 1)).tolist():
        low, high = sorted((root[first], root[second]))
        root = [low if one == high else one for one in root]
    members: dict[int, list[str]] = {}
    for at, one in enumerate(root):
        members.setdefault(one, []).append(f"{at:04d}.wav")
    expected = sorted(group for group in members.values() if len(group) > 1)
    assert len(expected) > 10
    assert sorted(names(groups(library, tmp_path, threshold=1e-4))) == expected


def test_many_equal_sounds_are_one_group(tmp_path: Path) -> None:
    library = LibraryRows(tmp_path / "l")
    library.add_many([(f"/s/{at:04d}.wav", [1, 2, 3], (), {}) for at in range(3000)])
    found = groups(library, tmp_path)
    assert [len(group.sounds) for group in found] == [3000]


def test_an_empty_library_has_none(tmp_path: Path) -> None:
    assert groups(LibraryRows(tmp_path / "l"), tmp_path) == []


@pytest.mark.parametrize("threshold", [-0.1, float("nan")])
def test_an_impossible_threshold_is_refused(tmp_path: Path, threshold: float) -> None:
    with pytest.raises(QueryError):
        groups(LibraryRows(tmp_path / "l"), tmp_path, threshold=threshold)
