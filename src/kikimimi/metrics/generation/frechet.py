"""The Frechet audio distance, and what it would be of endless sets.

Kilgour et al., "Frechet audio distance: a metric for evaluating music enhancement algorithms",
2019. Axes: n, m clips; D embedding size.
"""

from dataclasses import dataclass

import numpy as np

from kikimimi.metrics.distribution import (
    Cloud,
    checked_cloud,
    frechet_distance,
    gaussian_fit,
    gaussian_frechet,
)


@dataclass(frozen=True, slots=True)
class FrechetInfinity:
    """The distance extrapolated to endless sets, and how well the line fits."""

    value: float
    slope: float
    r_squared: float
    """1 for distances that lie on the line."""
    sizes: tuple[int, ...]


def frechet_audio_distance(reference: Cloud, made: Cloud) -> float:
    """FAD of embeddings (n, D) and (m, D): the squared Frechet distance of two Gaussians.

    It is biased upwards for small sets: n and m should be many times D.

    Raises:
        ValueError: a set has fewer than two rows, or they do not fit together.
    """
    return frechet_distance(reference, made, squared=True)


def frechet_infinity(
    reference: Cloud, made: Cloud, *, least: int = 500, steps: int = 25, seed: int = 0
) -> FrechetInfinity:
    """FAD of an endless generated set, by the line through distances over 1/m.

    Chong and Forsyth, "Effectively unbiased FID and inception score and where to find them", CVPR
    2020; for audio Gui et al., "Adapting Frechet audio distance for generative music evaluation",
    ICASSP 2024. The whole reference set is taken each time, of the generated one `steps` sets of
    `least` to m rows, each drawn without replacement.

    Args:
        reference: (n, D).
        made: (m, D).
        least: rows of the smallest set.
        steps: how many sets, 2 or more.
        seed: of the draws.

    Raises:
        ValueError: m is not larger than `least`, there are fewer than 2 steps, or the sets are
            malformed.
    """
    rows = checked_cloud(made, least=2)
    if not 2 <= least < len(rows) or steps < 2:
        raise ValueError(
            f"FAD-infinity of {len(rows)} rows needs 2 <= least < {len(rows)} and 2 steps or more, "
            f"but got {least} and {steps}"
        )
    fit = gaussian_fit(reference)
    if rows.shape[1] != len(fit[0]):
        raise ValueError(f"the clouds have rows of sizes {len(fit[0])} and {rows.shape[1]}")
    generator = np.random.default_rng(seed)
    sizes = np.unique(np.linspace(least, len(rows), steps).astype(int))
    drawn = [rows[generator.permutation(len(rows))[:size]] for size in sizes]
    distances = np.array([gaussian_frechet(fit, gaussian_fit(each)) for each in drawn])
    slope, value = np.polyfit(1 / sizes, distances, 1)
    spread = np.square(distances - distances.mean()).sum()
    left = np.square(distances - (slope / sizes + value)).sum()
    return FrechetInfinity(
        value=float(value),
        slope=float(slope),
        r_squared=float(1 - left / spread) if spread > 0 else 1.0,
        sizes=tuple(int(size) for size in sizes),
    )
