"""Classifiers on frozen embeddings: a linear probe and nearest neighbours.

Axes: V clips, D embedding size.
"""

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kikimimi.tasks.robustness.recipe import ProbeSettings
from kikimimi.types import FloatArray

_ITERATIONS = 1000


class Probes:
    """Learned on clean embeddings (V, D) and targets (V,)."""

    def __init__(self, embeddings: FloatArray, targets: np.ndarray, settings: ProbeSettings):
        self._probes: dict[str, Any] = {
            "linear": make_pipeline(
                StandardScaler(),
                LogisticRegression(C=settings.inverse_penalty, max_iter=_ITERATIONS),
            ),
            "k-NN": make_pipeline(
                StandardScaler(),
                KNeighborsClassifier(
                    n_neighbors=min(settings.neighbours, len(embeddings)),
                    metric="cosine",
                    weights="distance",
                ),
            ),
        }
        for probe in self._probes.values():
            probe.fit(embeddings.astype(np.float64), targets)

    def predict(self, embeddings: FloatArray) -> dict[str, np.ndarray]:
        """Predicted targets (V,) of each probe by its name."""
        wide = embeddings.astype(np.float64)
        return {name: probe.predict(wide) for name, probe in self._probes.items()}
