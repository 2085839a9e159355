import numpy as np
import pytest
from sklearn.decomposition import PCA

from kikimimi.errors import QueryError
from kikimimi.library.projection import Projection


def vectors(count: int = 500, size: int = 12) -> np.ndarray:
    generator = np.random.default_rng(0)
    return (generator.standard_normal((count, size)) * np.arange(1, size + 1)).astype(np.float32)


def test_it_is_principal_component_analysis() -> None:
    data = vectors()
    ours, theirs = Projection.fit(data, 4), PCA(4, svd_solver="full").fit(data.astype(float))
    np.testing.assert_allclose(ours.mean, theirs.mean_, atol=1e-6)
    signs = np.sign((ours.components * theirs.components_).sum(axis=1))
    np.testing.assert_allclose(ours.components, theirs.components_ * signs[:, None], atol=1e-6)


def test_the_same_vectors_give_the_same_projection() -> None:
    first, second = Projection.fit(vectors(), 5), Projection.fit(vectors(), 5)
    np.testing.assert_array_equal(first.components, second.components)
    np.testing.assert_array_equal(Projection.from_array(first.to_array()).mean, first.mean)


def test_a_row_is_projected_by_itself() -> None:
    data = vectors()
    projection = Projection.fit(data, 5)
    together = projection.apply(data)
    alone = np.vstack([projection.apply(row[None]) for row in data])
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_allclose(projection.apply_fast(data), together, atol=1e-3)


@pytest.mark.parametrize("count", [1, 2])
def test_few_vectors_do(count: int) -> None:
    projection = Projection.fit(vectors(count), 5)
    assert np.isfinite(projection.components).all()


@pytest.mark.parametrize("size", [0, 13, -1])
def test_an_impossible_size_is_refused(size: int) -> None:
    with pytest.raises(QueryError, match="between 1 and 12"):
        Projection.fit(vectors(), size)
