"""Time and memory of a cleaning chain over a file of hours.

    python benchmarks/cleaning_long_file.py --folder /tmp/long
    python benchmarks/cleaning_long_file.py --folder /tmp/long --preset field --hours 0.5

Makes a stereo file at 48 kHz, 24 bits, of hiss, an offset, tones and bursts, cleans it into another
one, and prints the time of the processor and of the clock, how many times faster than the sound
that is, and the resident memory at its greatest. Without --preset every stage of the package takes
part. Three hours take 3 GB for each file and 4 GB for the draft between passes. Run it with
OMP_NUM_THREADS=1; on a machine that does other things, the processor's time still counts the wait
for the memory.
"""

import argparse
import resource
import time
from pathlib import Path

import numpy as np

from kikimimi.audio.writing import stream_wav
from kikimimi.cleaning.chain import run_chain
from kikimimi.cleaning.presets import Preset, load_preset, parse_preset
from kikimimi.cleaning.sources import FileSource
from kikimimi.types import FloatArray

RATE_HZ = 48000
EVERYTHING = """
description: every stage
stages:
  - dc_removal
  - hum_removal
  - high_pass
  - noise_reduction
  - de_esser
  - low_pass
  - compressor: {threshold_db: -18, ratio: 2}
  - silence_trim
  - loudness_normalisation
  - limiter
  - fades
"""


def second_of_sound(rng: np.random.Generator, number: int) -> FloatArray:
    samples = 0.004 * rng.normal(size=(2, RATE_HZ)) + 0.01
    time_s = np.arange(10_000) / RATE_HZ
    if number % 4 == 1:
        tone = np.sin(2 * np.pi * (150 + 80 * (number % 7)) * time_s)
        samples[:, 10_000:20_000] += 0.3 * tone * np.hanning(10_000)
    if number % 4 == 2:
        samples[:, 10_000:20_000] += 0.2 * rng.normal(size=(2, 10_000)) * np.exp(-32 * time_s)
    return samples.astype(np.float32)


def make_sound(path: Path, seconds: int) -> None:
    rng = np.random.default_rng(0)
    with stream_wav(path, sample_rate_hz=RATE_HZ, channels=2) as stream:
        for number in range(seconds):
            stream.write(second_of_sound(rng, number))


def clean(preset: Preset, source: Path, target: Path) -> list[str]:
    """Clean a file; the passes that it took."""
    passes: list[str] = []
    last_s = 0.0

    def note(purpose: str, heard_s: float) -> None:
        nonlocal last_s
        if heard_s <= last_s or not passes:
            passes.append(purpose)
        last_s = heard_s

    sound = FileSource(source)
    with stream_wav(target, sample_rate_hz=RATE_HZ, channels=2, metadata_from=source) as stream:
        run_chain(preset.steps, sound, stream.write, drafts_folder=target.parent, progress=note)
    return passes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True, help="where the files go")
    parser.add_argument("--hours", type=float, default=3.0)
    parser.add_argument("--preset", help="every stage if not given")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    seconds = round(3600 * arguments.hours)
    source = arguments.folder / f"sound_{seconds}.wav"
    if not source.exists():
        make_sound(source, seconds)
    if arguments.preset:
        preset = load_preset(arguments.preset)
    else:
        preset = parse_preset(EVERYTHING, name="everything", where="this benchmark")
    processor_s, clock_s = time.process_time(), time.perf_counter()
    passes = clean(preset, source, arguments.folder / "cleaned.wav")
    processor_s, clock_s = time.process_time() - processor_s, time.perf_counter() - clock_s
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{preset.name}: {len(passes)} passes ({', '.join(passes)})")
    print(f"processor {processor_s:.0f} s, {seconds / processor_s:.1f} x real time")
    print(f"clock     {clock_s:.0f} s, {seconds / clock_s:.1f} x real time")
    print(f"memory    {memory_mb:.0f} MiB")


if __name__ == "__main__":
    main()
