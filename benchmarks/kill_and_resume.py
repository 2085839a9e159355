"""Kill `kikimimi index` with SIGKILL at random moments, resume, and compare with a calm run.

    python benchmarks/kill_and_resume.py ../shared/data/esc50/audio ../shared/data/sfx --kills 20

After each kill the library must open, pass its own check, and hold no less than before. In the end
it must equal, sound by sound, one that was indexed undisturbed: content hash, format, windows,
bytes of the vectors, tags. Prints one JSON line; leaves with status 1 if anything differs.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from kikimimi import Library

Contents = dict[Path, tuple[object, ...]]


def main() -> int:
    """Run the comparison; 0 if nothing was lost and the libraries are equal."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("places", nargs="+", type=Path)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    generator = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        calm, killed = Path(folder) / "calm.kikimimi", Path(folder) / "killed.kikimimi"
        seconds = _index(calm, options.places)
        kept = [0]
        for _ in range(options.kills):
            _kill_after(killed, options.places, generator.uniform(1.5, 1.5 + seconds / 8))
            kept.append(_count(killed))
        _index(killed, options.places)
        expected, found = _contents(calm), _contents(killed)
    lost = sum(after < before for before, after in pairwise(kept))
    differing = sum(expected.get(path) != row for path, row in found.items())
    differing += len(expected.keys() - found.keys())
    report = {"sounds": len(found), "kept_after_each_kill": kept[1:], "times_lost": lost}
    print(json.dumps({**report, "sounds_that_differ": differing, "calm_seconds": seconds}))
    return int(bool(lost or differing))


def _command(library: Path, places: list[Path]) -> list[str]:
    command = [sys.executable, "-m", "kikimimi", "index", "--json", "--library", str(library)]
    return command + [str(place) for place in places]


def _index(library: Path, places: list[Path]) -> float:
    began = time.perf_counter()
    subprocess.run(_command(library, places), stdout=subprocess.DEVNULL, check=False)
    return round(time.perf_counter() - began, 1)


def _kill_after(library: Path, places: list[Path], seconds: float) -> None:
    process = subprocess.Popen(
        _command(library, places), stdout=subprocess.DEVNULL, start_new_session=True
    )
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _count(path: Path) -> int:
    if not path.exists():
        return 0
    with Library(path) as library:
        library.check()
        return sum(1 for _ in library.sounds())


def _contents(path: Path) -> Contents:
    with Library(path) as library:
        vectors: dict[Path, list[object]] = {}
        for row in library.embeddings():
            window = row.embedding.window
            entry = (window.start_s, window.end_s, row.embedding.vector.tobytes())
            vectors.setdefault(row.path, []).append(entry)
        tags = library.all_tags()
        return {
            sound.path: (sound.content_hash, sound.format, vectors[sound.path], tags.get(sound.id))
            for sound in library.sounds()
        }


if __name__ == "__main__":
    sys.exit(main())
