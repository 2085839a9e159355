"""A layout by neighbourhood, UMAP, and the places of sounds that came after it.

Axes: V sounds, D size of a vector, C axes, K neighbours.
"""

from importlib.util import find_spec
from typing import Any

import numpy as np

from kikimimi.errors import ConfigError
from kikimimi.types import FloatArray

UMAP_AXES = 3

_SEED = 0
_FITTED_NEIGHBOURS = 15
_PLACED_NEIGHBOURS = 5
_TINY = 1e-12


def umap_is_installed() -> bool:
    """Whether the extra `maps` is there; it is not imported, which takes seconds."""
    return find_spec("umap") is not None


def fit_umap(vectors: FloatArray) -> FloatArray:
    """UMAP (McInnes, Healy and Melville, 2018) of vectors (V, D), V >= 5: points (V, 3).

    Raises:
        ConfigError: umap-learn is not installed.
    """
    try:
        from umap import UMAP
    except ImportError:
        raise ConfigError(
            "the layout 'umap' needs umap-learn; install it with: pip install \"kikimimi[maps]\""
        ) from None
    model: Any = UMAP(
        n_neighbors=min(_FITTED_NEIGHBOURS, len(vectors) - 1),
        n_components=UMAP_AXES,
        random_state=_SEED,
        n_jobs=1,
        init="spectral" if len(vectors) > _FITTED_NEIGHBOURS else "random",
    )
    return np.asarray(model.fit_transform(vectors), dtype=np.float32)


def place_beside(vectors: FloatArray, *, among: FloatArray, points: FloatArray) -> FloatArray:
    """Places (M, C) of vectors (M, D): the mean of their nearest laid-out sounds' places.

    Weights fall with the distance; a vector equal to a laid-out one lies exactly where that does.

    Args:
        vectors: of the new sounds.
        among: vectors (V, D) of the sounds that are laid out, V >= 1.
        points: their places (V, C).
    """
    import faiss

    index = faiss.IndexFlatL2(among.shape[1])
    index.add(np.ascontiguousarray(among))
    squares, rows = index.search(np.ascontiguousarray(vectors), min(_PLACED_NEIGHBOURS, len(among)))
    distances = np.sqrt(np.maximum(squares, 0)).astype(np.float64)
    weights = 1 / np.maximum(distances, _TINY)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.einsum("mk,mkc->mc", weights, points[rows]).astype(np.float32)
