"""Layouts keep every sound in its place, whatever comes later."""

import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from library_rows import LibraryRows
from scipy.stats import kurtosis

from kikimimi.errors import ConfigError, QueryError
from kikimimi.library.database import Database
from kikimimi.library.layouts import neighbourhood
from kikimimi.library.layouts.layouts import Layouts, sound_means
from kikimimi.library.layouts.linear import LinearLayout, fit_ica, fit_pca
from kikimimi.library.layouts.neighbourhood import place_beside
from kikimimi.library.layouts.records import AxisDescription, LayoutKind
from kikimimi.library.schema import APPLICATION_ID, SCHEMA_VERSION
from kikimimi.library.vector_index import VectorIndex
from kikimimi.types import FloatArray


def vectors(count: int, *, seed: int = 0, size: int = 16) -> FloatArray:
    generator = np.random.default_rng(seed)
    scales = np.linspace(3, 0.5, size)
    return (generator.standard_normal((count, size)) * scales).astype(np.float32)


@pytest.fixture
def rows(tmp_path: Path) -> LibraryRows:
    made = LibraryRows(tmp_path / "l.kikimimi")
    with made.engine.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
    made.add_many([(f"/s/{n}.wav", [v, -v / 2], (), {}) for n, v in enumerate(vectors(40))])
    return made


@pytest.fixture
def layouts(rows: LibraryRows, tmp_path: Path) -> Layouts:
    index = VectorIndex(tmp_path / "index")
    return Layouts(Database(rows.path), lambda: index)


@pytest.fixture
def plain_umap(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of UMAP, which takes long to import: the first three numbers of a vector."""

    class Plain:
        def __init__(self, **_options: Any) -> None: ...

        def fit_transform(self, data: FloatArray) -> FloatArray:
            return data[:, :3]

    module = types.ModuleType("umap")
    module.UMAP = Plain  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "umap", module)


def add(rows: LibraryRows, count: int, seed: int = 7) -> list[int]:
    new = [(f"/new/{n}.wav", [v], (), {}) for n, v in enumerate(vectors(count, seed=seed))]
    return rows.add_many(new)


def test_a_layout_is_there_only_after_it_was_fitted(layouts: Layouts) -> None:
    assert layouts.info("pca") is None and layouts.points("pca") is None
    layouts.fit("pca")
    info, laid_out = layouts.info("pca"), layouts.points("pca")
    assert info is not None and laid_out is not None
    assert info.sounds == 40
    assert laid_out.points.shape == (40, 10)
    assert laid_out.ids.tolist() == list(range(1, 41))


@pytest.mark.parametrize("kind", ["pca", "ica", "umap"])
@pytest.mark.usefixtures("plain_umap")
def test_nothing_moves_when_sounds_come_or_go(
    layouts: Layouts, rows: LibraryRows, kind: LayoutKind
) -> None:
    layouts.fit(kind)
    before = layouts.points(kind)
    new = add(rows, 5)
    rows.remove(3)
    after = layouts.points(kind)
    again = layouts.points(kind)
    assert before is not None and after is not None and again is not None
    assert after.ids.tolist() == [*[n for n in range(1, 41) if n != 3], *new]
    kept = before.ids != 3
    np.testing.assert_allclose(after.points[:39], before.points[kept], atol=1e-5)
    np.testing.assert_array_equal(after.points, again.points)


@pytest.mark.usefixtures("plain_umap")
def test_a_new_sound_lies_among_its_neighbours_and_stays(
    layouts: Layouts, rows: LibraryRows
) -> None:
    layouts.fit("umap")
    (copy,) = rows.add_many([("/copy.wav", [vectors(40)[4] / 4], (), {})])
    placed = layouts.points("umap")
    assert placed is not None
    np.testing.assert_allclose(placed.points[-1], placed.points[4], atol=1e-4)
    add(rows, 30)
    later = layouts.points("umap")
    assert later is not None
    np.testing.assert_array_equal(later.points[later.ids == copy], placed.points[-1:])


def test_places_are_means_weighted_by_nearness() -> None:
    among = np.array([[0, 0], [3, 0], [100, 0]], np.float32)
    points = np.array([[0], [30], [1000]], np.float32)
    found = place_beside(np.array([[1, 0]], np.float32), among=among[:2], points=points[:2])
    assert found[0, 0] == pytest.approx(10)
    exact = place_beside(among, among=among, points=points)
    np.testing.assert_allclose(exact, points, atol=1e-4)


def test_a_layout_of_another_encoder_counts_as_none(layouts: Layouts, rows: LibraryRows) -> None:
    layouts.fit("ica")
    with rows.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE settings SET value = 'e@2' WHERE key = 'encoder_identity'"
        )
    assert layouts.info("ica") is None and layouts.points("ica") is None
    layouts.fit("ica")
    assert layouts.info("ica") is not None


def test_descriptions_are_kept(layouts: Layouts) -> None:
    axis = AxisDescription((("esc50/dog", 2.5),), (("a", -1.0),), (4, 7))
    layouts.fit("pca", describe=lambda ids, points: [axis] * points.shape[1])
    info = layouts.info("pca")
    assert info is not None
    assert info.axes[0].tags == axis.tags and info.axes[0].sounds == (4, 7)
    shares = [each.share or 0 for each in info.axes]
    assert shares == sorted(shares, reverse=True) and 0.9 < sum(shares) <= 1


def test_a_layout_needs_a_few_sounds(tmp_path: Path) -> None:
    rows = LibraryRows(tmp_path / "few.kikimimi")
    with rows.engine.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
    rows.add("/a.wav", [[1.0, 2.0]])
    index = VectorIndex(tmp_path / "index")
    with pytest.raises(QueryError, match="needs 3 sounds"):
        Layouts(Database(rows.path), lambda: index).fit("pca")


def test_without_the_extra_umap_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(ConfigError, match=r"kikimimi\[maps\]"):
        neighbourhood.fit_umap(vectors(10))


def test_equal_vectors_and_few_sounds_give_a_layout() -> None:
    for fit in (fit_pca, fit_ica):
        for data in (np.ones((5, 4), np.float32), vectors(3)):
            assert np.isfinite(fit(data).place(data)).all()


def test_independent_components_are_found_again_and_ordered() -> None:
    generator = np.random.default_rng(0)
    sources = np.stack([generator.exponential(size=4000), generator.uniform(size=4000)], axis=1)
    mixed = (sources @ generator.standard_normal((2, 2))).astype(np.float32)
    layout = LinearLayout.unpack(fit_ica(mixed).pack())
    points = layout.place(mixed)
    found = np.abs(np.corrcoef(points.T, sources.T)[:2, 2:])
    assert found.max(axis=1).min() > 0.98
    assert kurtosis(points[:, 0]) > kurtosis(points[:, 1])
    assert (points[:, 0] ** 3).mean() > 0


def test_means_are_those_of_each_sound(layouts: Layouts, rows: LibraryRows) -> None:
    rows.add("/two.wav", [np.full(16, 1.0), np.full(16, 3.0)])
    with layouts._database.reading() as connection:
        ids, means = sound_means(layouts._rows(connection))
    np.testing.assert_allclose(means[ids == 41], np.full((1, 16), 2.0))


@pytest.mark.skipif(not neighbourhood.umap_is_installed(), reason="needs the extra maps")
def test_umap_keeps_neighbours_together_and_repeats_itself() -> None:
    """With umap-learn itself: groups that lie apart stay apart, and each run gives the same."""
    rng = np.random.default_rng(3)
    groups = np.repeat(np.arange(3), 20)
    centres = rng.standard_normal((3, 8)) * 20
    data = (centres[groups] + rng.standard_normal((60, 8))).astype(np.float32)
    points = neighbourhood.fit_umap(data)
    assert points.shape == (60, 3) and np.isfinite(points).all()
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    assert (groups[distances.argmin(axis=1)] == groups).all()
    np.testing.assert_array_equal(points, neighbourhood.fit_umap(data))
