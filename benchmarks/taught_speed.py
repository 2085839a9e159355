"""How long teaching a tag takes in a large library: `python benchmarks/taught_speed.py`.

Makes a library of `--sounds` sounds of one window (synthetic vectors in clusters), teaches a tag
from five of them with the cache of vectors missing and then present, corrects it, and measures
what taught tags add to the writing of a batch of 64 indexed files.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from kikimimi.library.library import Library
from kikimimi.library.taught.applying import apply_to_sounds
from search_speed import SIZE, make_library, vector_source

_BATCH = 64
_TAUGHT = (0, 1, 10, 50)


def main() -> None:
    """Print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sounds", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "library.kikimimi"
        make_library(path, options.sounds, vector_source(None))
        print(json.dumps({"sounds": options.sounds} | measure(path)))


def measure(path: Path) -> dict[str, Any]:
    """Seconds for each step."""
    found: dict[str, Any] = {}
    with Library(path) as library:
        found["first_s"], report = _timed(lambda: library.taught.teach("first", range(1, 6)))
        found["tagged"] = report.tag.tagged
        found["again_s"], _ = _timed(lambda: library.taught.teach("second", range(1, 6)))
        found["correction_s"], _ = _timed(lambda: library.taught.teach("second", unwanted=[99]))
        found["by_hand_s"], _ = _timed(lambda: library.remove_tag([2], "second"))
        found["review_s"], _ = _timed(lambda: library.taught.review("second"))
        library.taught.forget("second")
        library.taught.forget("first")
        found["batch_ms"] = {}
        for count in _TAUGHT:
            while len(library.taught.list()) < count:
                library.taught.teach(f"tag {len(library.taught.list())}", [1, 2])
            found["batch_ms"][count] = 1000 * _batch(library)
    return found


def _batch(library: Library) -> float:
    """Seconds to give taught tags to a batch of new files, the best of ten."""
    vectors = np.random.default_rng(0).standard_normal((_BATCH, SIZE)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    contents = [(f"{row:032x}", vectors[row : row + 1]) for row in range(_BATCH)]
    ids = list(range(1, _BATCH + 1))
    times = []
    for _ in range(10):
        with library.database.writing() as connection:
            seconds, _ = _timed(lambda: apply_to_sounds(connection, ids, contents))
        times.append(seconds)
    return min(times)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


if __name__ == "__main__":
    main()
