"""How fast a large library is searched: `python benchmarks/search_speed.py --sounds 1000000`.

Makes a library file of that many sounds of one window each, with names, folders and tags, opens
it in a fresh process and times single queries, one after the other, through the public search.
Vectors are synthetic clusters, or perturbed copies of real ones with `--vectors FILE.npz` (its
array `embeddings`, as `kikimimi embed` writes it). Queries are other draws from the same source.
Recall is against an exact search over all vectors.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from kikimimi.library.database import Database, create_database
from kikimimi.library.query import Filters
from kikimimi.library.search import SearchRequest, search
from kikimimi.library.vector_index import VectorIndex
from kikimimi.library.words import index_text

SIZE = 128
BLOCK = 10_000
K = 10
THINGS = ("Rain", "Dog", "Door", "Knock", "Wind", "Bell", "Engine", "Glass", "雨", "足音", "カラス")
TAGS = ("esc50/rain", "esc50/dog", "audioset/Wind", "audioset/Bell", "audioset/Engine")

Source = Callable[[np.random.Generator, int], NDArray[np.float32]]


def main() -> None:
    options = _options()
    if options.measure:
        print(json.dumps(measure(Path(options.measure), options)))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        library = Path(folder) / "library.kikimimi"
        started = time.perf_counter()
        make_library(library, options.sounds, vector_source(options.vectors))
        results = {"sounds": options.sounds, "make_library_s": time.perf_counter() - started}
        results |= _in_fresh_process(library, options, "--first")
        results |= _in_fresh_process(library, options)
    _print(results, as_json=options.json)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sounds", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--vectors", help="npz with real embeddings to perturb")
    parser.add_argument("--folder", help="where the library is made; it is deleted afterwards")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--first", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def vector_source(path: str | None) -> Source:
    """Draws vectors (count, 128): near real ones, or from clusters of clusters."""
    if path is None:
        return _synthetic
    real = np.load(path)["embeddings"].astype(np.float32)
    scale = np.float32(0.5 * np.linalg.norm(real.std(axis=0)) / np.sqrt(real.shape[1]))

    def near_real(generator: np.random.Generator, count: int) -> NDArray[np.float32]:
        first, second = real[generator.integers(len(real), size=(2, count))]
        share = generator.beta(0.5, 0.5, size=(count, 1)).astype(np.float32)
        noise = generator.standard_normal(first.shape, dtype=np.float32)
        return first * share + second * (1 - share) + scale * noise

    return near_real


def _synthetic(generator: np.random.Generator, count: int) -> NDArray[np.float32]:
    """500 sources within 50 categories, on axes of falling variance as encoders have them."""
    fixed = np.random.default_rng(1)
    categories = fixed.standard_normal((50, SIZE))
    sources = 0.7 * categories[fixed.integers(50, size=500)] + 0.6 * fixed.standard_normal(
        (500, SIZE)
    )
    drawn = sources[generator.integers(500, size=count)]
    vectors = drawn + 0.5 * generator.standard_normal((count, SIZE))
    return (vectors * np.geomspace(1.5, 0.3, SIZE)).astype(np.float32)


def make_library(path: Path, count: int, source: Source) -> None:
    create_database(
        path,
        {
            "encoder_name": "benchmark",
            "encoder_identity": "benchmark",
            "created_at": "2026",
            "revision": "1",
        },
    )
    database = Database(path)
    fill_library(database, count, source)
    database.close()


def fill_library(database: Database, count: int, source: Source) -> None:
    """Put sounds without files into an empty library."""
    with database.writing() as connection:
        connection.exec_driver_sql("INSERT INTO tags VALUES (?, ?)", list(enumerate(TAGS, start=1)))
        generator = np.random.default_rng(0)
        for start in range(1, count + 1, BLOCK):
            ids = range(start, min(start + BLOCK, count + 1))
            _insert(connection, ids, source(generator, len(ids)), generator)


def _insert(
    connection: Any, ids: range, vectors: NDArray[np.float32], generator: np.random.Generator
) -> None:
    picks = generator.integers(len(THINGS), size=(len(ids), 2))
    tag_picks = generator.integers(len(TAGS), size=len(ids))
    sounds, words = [], []
    for sound_id, (first, second), tag in zip(ids, picks, tag_picks, strict=True):
        folder = f"/sounds/pack{sound_id % 997:03d}"
        name = f"{THINGS[first]}{THINGS[second]}_{sound_id:07d}.wav"
        path = f"{folder}/{name}"
        duration = 0.1 + sound_id % 600 / 10
        file = (path.encode(), path, name, folder, 1, 1, str(sound_id))
        sounds.append((sound_id, *file, "WAV", "PCM_16", 48000, 2, duration, 0, "2026"))
        words.append((sound_id, *index_text(name=name, folder=folder, tag_names=[TAGS[tag]])))
    marks = ",".join("?" * 15)
    connection.exec_driver_sql(f"INSERT INTO sounds VALUES ({marks})", sounds)
    connection.exec_driver_sql(
        "INSERT INTO windows VALUES (?, ?, 0.0, 2.0, ?)",
        [(key, key, vector.tobytes()) for key, vector in zip(ids, vectors, strict=True)],
    )
    connection.exec_driver_sql(
        "INSERT INTO sound_tags VALUES (?, ?, 'auto', ?)",
        [
            (key, int(tag) + 1, float(key % 100) / 100)
            for key, tag in zip(ids, tag_picks, strict=True)
        ],
    )
    connection.exec_driver_sql(
        "INSERT INTO words(rowid, name, folder, tags) VALUES (?,?,?,?)", words
    )


def _in_fresh_process(library: Path, options: argparse.Namespace, *more: str) -> dict[str, Any]:
    command = [sys.executable, __file__, "--measure", str(library), *more]
    command += ["--queries", str(options.queries)]
    command += ["--vectors", options.vectors] if options.vectors else []
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, check=True, capture_output=True, env=environment)
    return json.loads(done.stdout)


def measure(library: Path, options: argparse.Namespace) -> dict[str, Any]:
    """What a fresh process sees; with `--first` only how long it takes to make the cache."""
    database = Database(library)
    index = VectorIndex(library.with_suffix(".index"))
    queries = vector_source(options.vectors)(np.random.default_rng(2), options.queries + 20)
    started = time.perf_counter()
    _search(database, index, queries[0])
    opened = time.perf_counter() - started
    if options.first:
        return {"first_search_s": opened}
    results: dict[str, Any] = {"open_and_first_search_s": opened}
    results |= {"resident_after_open_mb": _resident_mb()}
    with database.reading() as connection:
        request = [SearchRequest(vectors=query, limit=K) for query in queries]
        results |= _timed("search", request, lambda one: search(connection, index, one))
        results |= {"resident_after_queries_mb": _resident_mb()}
        results |= _timed("index_only", queries, lambda one: index.nearest_sounds(one[None], K))
        cosine = [SearchRequest(vectors=query, limit=K, metric="cosine") for query in queries]
        search(connection, index, cosine[0])
        results |= _timed("cosine", cosine, lambda one: search(connection, index, one))
        results |= _timed_texts(connection, index, queries[20])
    results["resident_peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for metric in ("euclidean", "cosine"):
        results[f"recall_at_10_{metric}"] = _recall(index, queries[20:], metric)
    return results


def _search(database: Database, index: VectorIndex, vector: NDArray[np.float32]) -> None:
    with database.reading() as connection:
        search(connection, index, SearchRequest(vectors=vector, limit=K))


def _timed(name: str, inputs: Any, call: Callable[[Any], Any]) -> dict[str, float]:
    times = []
    for one in inputs:
        started = time.perf_counter()
        call(one)
        times.append(1000 * (time.perf_counter() - started))
    low, high = np.percentile(times[20:] or times, [50, 99])
    return {f"{name}_p50_ms": float(low), f"{name}_p99_ms": float(high)}


def _timed_texts(connection: Any, index: VectorIndex, vector: Any) -> dict[str, float]:
    requests = {
        "words_common": SearchRequest(text="rain"),
        "words_japanese": SearchRequest(text="雨"),
        "words_two": SearchRequest(text="dog door"),
        "words_rare": SearchRequest(text="0000123"),
        "words_filtered": SearchRequest(text="rain", filters=Filters(max_duration_s=3.0)),
        "example_and_words": SearchRequest(vectors=vector, text="カラス"),
        "example_filtered": SearchRequest(vectors=vector, filters=Filters(max_duration_s=3.0)),
    }
    results: dict[str, float] = {}
    for name, request in requests.items():
        results |= _timed(name, [request] * 5, lambda one: search(connection, index, one))
    return results


def _recall(index: VectorIndex, queries: NDArray[np.float32], metric: Any) -> float:
    vectors, wanted = index.rows.vectors, queries
    best: list[list[tuple[float, int]]] = [[] for _ in queries]
    if metric == "cosine":
        wanted = queries / np.linalg.norm(queries, axis=1, keepdims=True)
    for start, block in _blocks(vectors):
        if metric == "cosine":
            block = block / np.linalg.norm(block, axis=1, keepdims=True)
        squares, rows = faiss.knn(wanted, np.ascontiguousarray(block), K)
        for at, found in enumerate(best):
            found.extend(zip(squares[at].tolist(), (rows[at] + start).tolist(), strict=True))
    shares = []
    for query, found in zip(queries, best, strict=True):
        truth = {int(index.rows.sound_ids[row]) for _, row in sorted(found)[:K]}
        got = {one.sound_id for one in index.nearest_sounds(query[None], K, metric=metric)}
        shares.append(len(truth & got) / K)
    return float(np.mean(shares))


def _blocks(vectors: NDArray[np.float32]) -> Iterator[tuple[int, NDArray[np.float32]]]:
    for start in range(0, len(vectors), 50_000):
        yield start, vectors[start : start + 50_000]


def _resident_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _print(results: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(results))
        return
    for name, value in results.items():
        print(f"{name:<28}{value:>12,.3f}")


if __name__ == "__main__":
    main()
