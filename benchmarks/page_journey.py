"""A day with the page on a real library: `python benchmarks/page_journey.py --shared ../shared`.

Starts `kikimimi serve` without a library and drives Chromium through what a sound designer does
(`benchmarks/page_journey.mjs`): take in ESC-50 and the effects from the page itself, search by
words, by a dropped file and by the microphone, accept, reject and undo tags, teach one, make a
playlist and save it as a zip archive, choose three axes of the timbre space, hover, draw a lasso,
and open the page again. Printed is what passed, with the seconds that each step took; the exit
status is that of the steps. Needs Chromium and the packages of tests/browser/package.json
(KIKIMIMI_NODE_MODULES names the folder).
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from kikimimi.audio.reading import read_clip
from kikimimi.audio.writing import write_wav
from page_speed import MODULES, served

DRIVER = Path(__file__).with_suffix(".mjs")
_KNOCK = "1-101336-A-30"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--shared", type=Path, required=True, help="folder with data/esc50 and data/sfx"
    )
    parser.add_argument("--keep", type=Path, help="keep the library in this folder")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="kikimimi-journey-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        sys.exit(_travel((options.shared / "data").resolve(), folder))
    finally:
        if options.keep is None:
            shutil.rmtree(folder)


def _travel(data: Path, folder: Path) -> int:
    sounds = data / "esc50" / "audio"
    take = folder / "take.wav"
    (knock,) = sounds.glob(f"{_KNOCK}.*")
    write_wav(take, read_clip(knock, sample_rate_hz=48000), subtype="PCM_16")
    with served(folder / "journey.kikimimi") as address:
        environment = {
            **os.environ,
            "BASE": address,
            "CHROMIUM": os.environ.get("CHROMIUM") or shutil.which("chromium") or "",
            "KIKIMIMI_NODE_MODULES": os.environ.get("KIKIMIMI_NODE_MODULES", str(MODULES)),
            "TAKE": str(take),
            "FOLDERS": os.pathsep.join([str(sounds), str(data / "sfx")]),
        }
        command = ["node", "--test", "--test-reporter=spec", str(DRIVER)]
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    main()
