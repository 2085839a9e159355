"""Time of a second `kikimimi index` over many unchanged files, process start included.

    python benchmarks/rescan_speed.py --files 100000

Hard links to a few short sounds stand for the files. The first run takes them in; the second must
decode none of them, which its report shows.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kikimimi.audio.synthesis import demo_sounds
from kikimimi.audio.writing import write_wav

_PER_FOLDER = 500
_DISTINCT = 20


def main() -> None:
    """Run the measurement and print one JSON line for each run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder if not set")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        sounds = Path(folder) / "sounds"
        _make_files(sounds, options.files)
        for run in ("first run", "second run"):
            began = time.perf_counter()
            report = _index(sounds, Path(folder) / "rescan.kikimimi")
            seconds = round(time.perf_counter() - began, 2)
            print(json.dumps({"run": run, "seconds": seconds, **report}), flush=True)


def _make_files(folder: Path, count: int) -> None:
    originals = folder.with_name("originals")
    originals.mkdir()
    for number, sound in enumerate(demo_sounds()[:_DISTINCT]):
        write_wav(originals / f"{number}.wav", sound.render(), subtype="PCM_16")
    for number in range(count):
        place = folder / f"{number // _PER_FOLDER:04}"
        if number % _PER_FOLDER == 0:
            place.mkdir(parents=True)
        os.link(originals / f"{number % _DISTINCT}.wav", place / f"{number:06}.wav")


def _index(sounds: Path, library: Path) -> dict[str, object]:
    command = [sys.executable, "-m", "kikimimi", "index", "--json", "--library"]
    done = subprocess.run(
        [*command, str(library), str(sounds)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
