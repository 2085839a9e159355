"""How fast binary codes are searched: `python benchmarks/hash_speed.py --sounds 1000000`.

Makes a library of that many sounds of one window each as `search_speed.py` does, lets it be
searched through 64-bit codes, and times in a fresh process of one thread, query by query in turn,

* the index with codes: Hamming distances to all, then the true distances of the nearest;
* an exact search over the float vectors (`faiss.knn`, which only ranks them).

Planes are random, through the mean of the vectors, or trained ones with `--planes FILE.npz`
(arrays `hash.64.weight` and `hash.64.bias`); `--vectors` as in `search_speed.py`. Recall is the
share of the 10 nearest sounds of the exact search.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from kikimimi.encoders.hash_projection import HashProjection
from kikimimi.library.database import Database
from kikimimi.library.hash_setting import write_hash_bits
from kikimimi.library.vector_index import VectorIndex
from search_speed import K, make_library, vector_source

WARM_UP = 20


def main() -> None:
    options = _options()
    if options.measure:
        print(json.dumps(measure(Path(options.measure), options)))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        library = Path(folder) / "library.kikimimi"
        make_library(library, options.sounds, vector_source(options.vectors))
        database = Database(library)
        with database.writing() as connection:
            write_hash_bits(connection, options.bits)
        database.close()
        results = _in_fresh_process(library)
    for name, value in results.items():
        print(json.dumps(results) if options.json else f"{name:<24}{value:>14,.3f}")
        if options.json:
            break


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sounds", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--bits", type=int, default=64)
    parser.add_argument("--vectors", help="npz with real embeddings to perturb")
    parser.add_argument("--planes", help="npz with trained planes")
    parser.add_argument("--folder", help="where the library is made; it is deleted afterwards")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    return parser.parse_args()


def _in_fresh_process(library: Path) -> dict[str, Any]:
    command = [sys.executable, __file__, *sys.argv[1:], "--measure", str(library)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment)
    return json.loads(done.stdout)


def measure(library: Path, options: argparse.Namespace) -> dict[str, float]:
    source = vector_source(options.vectors)
    planes = _planes(options, source(np.random.default_rng(0), 10_000))
    queries = source(np.random.default_rng(2), options.queries + WARM_UP)
    index = VectorIndex(library.with_suffix(".index"), hash_source=lambda _: planes)
    results: dict[str, float] = {"sounds": options.sounds, "bits": options.bits}
    with Database(library).reading() as connection:
        results["vectors_s"] = _seconds(lambda: index.refresh(connection))[0]
    results["codes_and_recall_s"], recall = _seconds(index.hash_recall)
    results |= {"candidates": recall.candidates, "recall_when_made": recall.recall}
    return results | _compare(index, queries)


def _planes(options: argparse.Namespace, sample: NDArray[np.float32]) -> HashProjection:
    if options.planes:
        arrays = np.load(options.planes)
        name = f"hash.{options.bits}"
        return HashProjection(arrays[f"{name}.weight"], arrays[f"{name}.bias"])
    generator = np.random.default_rng(3)
    weights = generator.standard_normal((options.bits, sample.shape[1])).astype(np.float32)
    return HashProjection(weights, -weights @ sample.mean(axis=0))


def _compare(index: VectorIndex, queries: NDArray[np.float32]) -> dict[str, float]:
    vectors = np.asarray(index.rows.vectors)
    hashed, exact, shares = [], [], []
    for query in queries:
        seconds, found = _seconds(lambda query=query: index.nearest_sounds(query[None], K))
        hashed.append(1000 * seconds)
        seconds, (_, rows) = _seconds(lambda query=query: faiss.knn(query[None], vectors, K))
        exact.append(1000 * seconds)
        truth = set(index.rows.sound_ids[rows[0]].tolist())
        shares.append(len(truth & {one.sound_id for one in found}) / K)
    results = {}
    for name, times in (("hash", hashed), ("exact", exact)):
        low, high = np.percentile(times[WARM_UP:], [50, 99])
        results |= {f"{name}_p50_ms": float(low), f"{name}_p99_ms": float(high)}
    results["times_faster_p50"] = results["exact_p50_ms"] / results["hash_p50_ms"]
    results["times_faster_p99"] = results["exact_p99_ms"] / results["hash_p99_ms"]
    return results | {"recall_at_10": float(np.mean(shares[WARM_UP:]))}


def _seconds(call: Any) -> tuple[float, Any]:
    started = time.perf_counter()
    result = call()
    return time.perf_counter() - started, result


if __name__ == "__main__":
    main()
