"""Projections and what their components are said to be."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import kurtosis, skew

from kikimimi.errors import ConfigError
from kikimimi.tasks.maps.components import describe_components
from kikimimi.tasks.maps.projections import project


def clusters(count: int = 3, each: int = 15, size: int = 8) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    centres = 8 * generator.standard_normal((count, size))
    labels = np.repeat(np.arange(count), each)
    points = centres[labels] + generator.standard_normal((len(labels), size))
    return points.astype(np.float32), labels


@pytest.mark.parametrize("method", ["pca", "ica", "tsne"])
def test_like_sounds_lie_together_and_the_map_is_always_the_same(method: str) -> None:
    embeddings, labels = clusters()
    found = project(embeddings, method, components=2)
    assert found.points.shape == (45, 2)
    assert found.points.dtype == np.float32
    assert len(found.axes) == 2
    distances = np.linalg.norm(found.points[:, None] - found.points[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    assert (labels[distances.argmin(axis=1)] == labels).mean() > 0.95
    np.testing.assert_array_equal(project(embeddings, method, components=2).points, found.points)


def test_umap_is_asked_for_a_map_that_is_always_the_same(monkeypatch) -> None:
    """A stand-in: umap-learn takes 16 s to import, and is in the `maps` extra only."""
    asked = {}

    class Umap:
        def __init__(self, **settings: object) -> None:
            asked.update(settings)

        def fit_transform(self, embeddings: np.ndarray) -> np.ndarray:
            return embeddings[:, :2]

    monkeypatch.setitem(sys.modules, "umap", SimpleNamespace(UMAP=Umap))
    embeddings, _ = clusters()
    found = project(embeddings, "umap")
    np.testing.assert_array_equal(found.points, embeddings[:, :2])
    assert asked["random_state"] is not None
    assert (asked["n_components"], asked["n_neighbors"]) == (2, 15)
    assert project(embeddings[:5], "umap").note == "4 neighbours"


def test_a_missing_umap_is_named(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(ConfigError, match=r"install kikimimi\[maps\], or choose tsne"):
        project(clusters()[0], "umap")


def test_pca_is_that_of_the_singular_values() -> None:
    """Oracle: NumPy's singular value decomposition."""
    embeddings, _ = clusters()
    found = project(embeddings, "pca", components=3)
    centred = embeddings.astype(np.float64) - embeddings.astype(np.float64).mean(axis=0)
    left, values, _ = np.linalg.svd(centred, full_matrices=False)
    np.testing.assert_allclose(np.abs(found.points), np.abs(left * values)[:, :3], rtol=1e-3)
    assert found.axes[0] == f"PC 1 ({values[0] ** 2 / (values**2).sum():.1%})"


def test_ica_finds_mixed_sources_the_least_normal_first() -> None:
    generator = np.random.default_rng(1)
    rare = np.where(generator.random(2000) < 0.05, generator.exponential(5, 2000), 0)
    flat = generator.uniform(-1, 1, 2000)
    skewed = -generator.exponential(1, 2000)
    mixed = np.stack([flat, skewed, rare], axis=1) @ generator.standard_normal((3, 5))
    found = project(mixed.astype(np.float32), "ica", components=3).points
    for column, source in zip(found.T, (rare, skewed, flat), strict=True):
        assert abs(np.corrcoef(column, source)[0, 1]) > 0.97
    assert (np.diff(kurtosis(found, axis=0)) < 0).all()
    assert (skew(found, axis=0) > -0.1).all()


def test_ica_has_twenty_components_where_there_are_enough_sounds() -> None:
    many = np.random.default_rng(0).standard_normal((60, 32)).astype(np.float32)
    assert project(many, "ica").points.shape == (60, 20)
    assert project(many[:6], "ica").points.shape == (6, 5)


def test_components_are_described_by_what_loads_highest() -> None:
    tags = [("dog",), ("dog",), ("rain", "wind"), ("rain",), ("once",), ()]
    points = np.array([[5, 0], [4, 0], [0, 3], [0, 3], [0, 9], [0, 0]], np.float32)
    first, second = describe_components(points, ("a", "b"), tags, top=2)
    assert [each.tag for each in first.tags] == ["dog", "rain"]
    assert first.sounds == (0, 1)
    assert second.tags[0].tag == "rain"  # "once" has a single sound
    assert second.sounds[0] == 4
    column = (points[:, 0] - points[:, 0].mean()) / points[:, 0].std()
    assert first.tags[0].loading == pytest.approx(column[:2].mean(), rel=1e-5)
    with pytest.raises(ValueError, match="axes"):
        describe_components(points, ("a",), tags)


@pytest.mark.parametrize(
    ("count", "components", "method", "message"),
    [
        (2, 2, "pca", "3 sounds or more"),
        (5, 1, "pca", "2 components or more"),
        (5, 2, "tsn", "did you mean 'tsne'"),
    ],
)
def test_impossible_maps_are_refused(count, components, method, message) -> None:
    with pytest.raises(ConfigError, match=message):
        project(np.eye(count, 6, dtype=np.float32), method, components=components)


@pytest.mark.parametrize("method", ["pca", "ica", "tsne"])
@pytest.mark.parametrize("kind", ["equal", "two places", "on a line"])
def test_sounds_that_hardly_differ_are_no_obstacle(method: str, kind: str) -> None:
    embeddings = np.ones((8, 4), np.float32)
    if kind == "two places":
        embeddings[:3] = 2
    if kind == "on a line":
        embeddings *= np.arange(8, dtype=np.float32)[:, None]
    found = project(embeddings, method)
    assert np.isfinite(found.points).all()
    assert found.points.shape == (8, len(found.axes))
    assert len(found.axes) >= 2
