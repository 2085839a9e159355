"""How well binary codes rank, against the embedding that they come from.

    python benchmarks/hash_quality.py fold1.npz fold2.npz ...

Each file is one test fold: `embeddings` (V, D), `labels` (V,), `sources` (V,) (names of the
recordings that clips were cut from; optional), and for each length of code `hash.<K>.weight`
(K, D) and `hash.<K>.bias` (K,), learned without that fold. Prints the mean average precision of
three rankings of the fold for each of its clips, clips of the query's own source left out:

* float: by Euclidean distance;
* Hamming: by Hamming distance of the codes, equals counting with their expected value;
* re-ranked: the nearest by Hamming distance (1,000, and a tenth of the fold) by Euclidean
  distance, the others behind them by Hamming distance.

Mean and standard deviation over the folds; the share is that of the mean of float.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kikimimi.encoders.hash_projection import HashProjection
from kikimimi.metrics.retrieval import (
    hamming_distances,
    mean_average_precision,
    squared_distances,
)

CANDIDATES = 1000
SHARE = 0.1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folds", type=Path, nargs="+")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    scores = [_scores(np.load(path)) for path in options.folds]
    for name in scores[0]:
        values = 100 * np.array([fold[name] for fold in scores])
        spread = float(values.std(ddof=1)) if len(values) > 1 else 0.0
        share = values.mean() / (100 * np.mean([fold["float"] for fold in scores]))
        if options.json:
            record = {"ranking": name, "map": values.tolist(), "mean": values.mean(), "sd": spread}
            print(json.dumps({**record, "share_of_float": share}))
            continue
        folds = " ".join(f"{value:6.2f}" for value in values)
        print(f"{name:<28}{folds}   {values.mean():6.2f} +- {spread:.2f}   {share:7.1%}")


def _scores(fold: Mapping[str, NDArray[Any]]) -> dict[str, float]:
    embeddings = fold["embeddings"].astype(np.float32)
    labels = [str(label) for label in fold["labels"]]
    sources = [str(source) for source in fold["sources"]] if "sources" in fold else None
    exact = squared_distances(embeddings)
    rankings = {"float": exact}
    for bits in sorted(int(name.split(".")[1]) for name in fold if name.endswith(".weight")):
        planes = HashProjection(fold[f"hash.{bits}.weight"], fold[f"hash.{bits}.bias"])
        hamming = hamming_distances(planes.codes(embeddings))
        rankings[f"{bits} bits, Hamming"] = hamming
        for name, count in ((CANDIDATES, CANDIDATES), ("10 %", round(SHARE * len(labels)))):
            rankings[f"{bits} bits, re-ranked {name}"] = _re_ranked(hamming, exact, count)
    return {
        name: mean_average_precision(distances, labels, sources=sources)
        for name, distances in rankings.items()
    }


def _re_ranked(
    hamming: NDArray[np.int64], exact: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """Distances (V, V) that rank the `count` nearest of each row exactly, the others by code."""
    places = np.argsort(np.argsort(hamming, axis=1, kind="stable"), axis=1)
    return np.where(places < count + 1, exact, exact.max() + 1 + hamming)  # one is the query


if __name__ == "__main__":
    main()
