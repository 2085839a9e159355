"""Embeddings in few dimensions: PCA, ICA, t-SNE, UMAP.

Axes: V sounds, D embedding size, C components.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kikimimi.errors import ConfigError
from kikimimi.names import suggestion
from kikimimi.types import FloatArray

SEED = 0
LEAST_SOUNDS = 3

_EQUAL = "all sounds have one embedding"
_NEGLIGIBLE = 1e-10
"""Share of the largest variance under which a direction is rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Coordinates:
    """`points` (V, C) of a `method`; `axes` names the components for people.

    `note` says what else is to be known, such as the share of variance; it may be empty.
    """

    method: str
    points: FloatArray
    axes: tuple[str, ...]
    note: str = ""


def project(embeddings: FloatArray, method: str, *, components: int | None = None) -> Coordinates:
    """Bring embeddings (V, D) down; the same embeddings give the same points.

    Args:
        embeddings: V sounds, 3 or more.
        method: one of `METHODS`.
        components: how many; 20 for ICA and 2 for the others if None. Never more than the data
            allow.

    Raises:
        ConfigError: there is no such method, or there are too few sounds or components.
    """
    check_method(method)
    least = min(components or 2, 2)
    if len(embeddings) < LEAST_SOUNDS or least < 2:
        raise ConfigError(
            f"a map of {len(embeddings)} sounds in {components} components cannot be drawn; give "
            f"{LEAST_SOUNDS} sounds or more, and 2 components or more"
        )
    run, wanted = METHODS[method]
    most = min(len(embeddings) - 1, embeddings.shape[1])
    if not np.ptp(embeddings, axis=0).any():
        return _in_two(Coordinates(method, np.zeros((len(embeddings), 0), np.float32), (), _EQUAL))
    return _in_two(run(embeddings.astype(np.float64), max(1, min(components or wanted, most))))


def check_method(method: str) -> None:
    """Check the name of a method.

    Raises:
        ConfigError: there is none of that name; the message names the nearest.
    """
    if method not in METHODS:
        raise ConfigError(f"there is no map by '{method}'; {suggestion(method, METHODS)}")


def _in_two(found: Coordinates) -> Coordinates:
    """Coordinates with two axes at least, the missing ones empty."""
    missing = max(0, 2 - len(found.axes))
    points = np.pad(found.points, ((0, 0), (0, missing)))
    return replace(found, points=points, axes=(*found.axes, *("–",) * missing))


def _principal(
    embeddings: NDArray[np.float64], components: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points (V, C') along the principal axes that hold variance, C' <= C, and their shares."""
    from sklearn.decomposition import PCA

    model = PCA(components, random_state=SEED)
    points = model.fit_transform(embeddings)
    held = model.explained_variance_ratio_ > _NEGLIGIBLE
    return points[:, held], model.explained_variance_ratio_[held]


def _pca(embeddings: NDArray[np.float64], components: int) -> Coordinates:
    points, shares = _principal(embeddings, components)
    axes = tuple(f"PC {n} ({share:.1%})" for n, share in enumerate(shares, start=1))
    note = f"{shares.sum():.1%} of the variance"
    return Coordinates("pca", points.astype(np.float32), axes, note)


def _ica(embeddings: NDArray[np.float64], components: int) -> Coordinates:
    """FastICA (Hyvärinen and Oja, 2000); the least normal component comes first.

    Each points to where its tail is long: its third moment is positive.
    """
    from sklearn.decomposition import FastICA
    from sklearn.exceptions import ConvergenceWarning

    small, _ = _principal(embeddings, components)
    model = FastICA(whiten="unit-variance", max_iter=1000, tol=1e-3, random_state=SEED)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ConvergenceWarning)
        sources = model.fit_transform(small)
    sources *= np.where((sources**3).mean(axis=0) < 0, -1, 1)
    kurtosis = (sources**4).mean(axis=0) / np.square((sources**2).mean(axis=0))
    order = np.argsort(-kurtosis, kind="stable")
    axes = tuple(f"IC {n}" for n in range(1, sources.shape[1] + 1))
    unsettled = any(issubclass(each.category, ConvergenceWarning) for each in told)
    note = "FastICA did not settle; its components may be rough" if unsettled else ""
    return Coordinates("ica", sources[:, order].astype(np.float32), axes, note)


def _tsne(embeddings: NDArray[np.float64], components: int) -> Coordinates:
    """Barnes-Hut t-SNE (van der Maaten, 2014); more than 50 dimensions go through PCA first."""
    from sklearn.manifold import TSNE

    components = min(components, 3)
    small, _ = _principal(embeddings, min(50, *embeddings.shape))
    perplexity = min(30.0, (len(small) - 1) / 3)
    # scikit-learn's own start from PCA is NaN, and a crash, where it finds too little variance
    start = 1e-7 * np.random.default_rng(SEED).standard_normal((len(small), components))
    known = small[:, :components]
    start[:, : known.shape[1]] += 1e-4 * known / known[:, 0].std()
    model = TSNE(
        components, perplexity=perplexity, init=start.astype(np.float32), random_state=SEED
    )
    points = model.fit_transform(small.astype(np.float32))
    axes = tuple(f"t-SNE {n}" for n in range(1, components + 1))
    return Coordinates("tsne", points.astype(np.float32), axes, f"perplexity {perplexity:g}")


def _umap(embeddings: NDArray[np.float64], components: int) -> Coordinates:
    """UMAP (McInnes, Healy and Melville, 2018), of the `maps` extra; it takes long to import.

    Raises:
        ConfigError: umap-learn is not installed.
    """
    try:
        from umap import UMAP
    except ImportError:
        raise ConfigError(
            "a map by 'umap' needs umap-learn; install kikimimi[maps], or choose tsne"
        ) from None
    neighbours = min(15, len(embeddings) - 1)
    model = UMAP(
        n_neighbors=neighbours, n_components=components, random_state=SEED, n_jobs=1,
        init="spectral" if len(embeddings) > 10 else "random",
    )  # fmt: skip
    points = model.fit_transform(embeddings.astype(np.float32))
    axes = tuple(f"UMAP {n}" for n in range(1, components + 1))
    return Coordinates("umap", np.asarray(points, np.float32), axes, f"{neighbours} neighbours")


METHODS: dict[str, tuple[Callable[[NDArray[np.float64], int], Coordinates], int]] = {
    "pca": (_pca, 2),
    "ica": (_ica, 20),
    "tsne": (_tsne, 2),
    "umap": (_umap, 2),
}
"""What brings embeddings down, and how many components it gives by itself."""
