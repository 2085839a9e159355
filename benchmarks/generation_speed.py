"""How fast sounds are made on one core: vocoders, whole sounds, and the first sound of a command.

    python benchmarks/generation_speed.py --generator vae=runs/vae/generator \\
        --generator base=runs/vae/generator@griffin_lim_32 --sound rain.wav

Processor time, best of some runs: what other programs do on the machine matters little. The first
sound of `kikimimi generate vary` is a process of its own, from its start to the end, processor time
and time on the clock.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from generation_cases.common import NamedMaker, named_maker, print_table
from kikimimi.generation.making.sources import SourceSound, read_source
from kikimimi.generation.making.threads import threads

VOCODER_BAR = 20.0
FIRST_SOUND_BAR_S = 2.0


def main() -> None:
    """Measure and print the tables."""
    options = _options()
    source = read_source(options.sound)
    with threads(1):
        rows = [_making(each, source, options.runs) for each in options.generator]
    columns = ("generator", "vocoder", "vocoder, x real time", "vary", "sample", "reconstruct")
    print(f"{source.duration_s:.1f} s of sound, times real time on one core")
    print_table(columns, rows)
    print(f"\nbar: vocoder {VOCODER_BAR:g} x")
    rows = [_first_sound(each, options.sound, options.runs) for each in options.generator]
    print_table(("generator", "first sound of vary, processor s", "on the clock, s"), rows)
    print(f"\nbar: {FIRST_SOUND_BAR_S:g} s on an idle machine")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--generator", type=named_maker, action="append", required=True)
    parser.add_argument("--sound", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=3)
    return parser.parse_args()


def _making(named: NamedMaker, source: SourceSound, runs: int) -> tuple[str, ...]:
    maker = named.open()
    heard = maker.hear(source)
    mel = maker.generator.decode(heard.latent)
    calls: list[Callable[[], object]] = [lambda: maker.vocoder(mel)]
    if maker.generator.card.samples:
        calls.append(lambda: maker.vary(maker.hear(source), amount=0.2, seed=1))
        calls.append(lambda: maker.sample(seconds=source.duration_s, seed=1))
    calls.append(lambda: maker.reconstruct(maker.hear(source)))
    speeds = [f"{source.duration_s / _least_s(call, runs):.1f}" for call in calls]
    if not maker.generator.card.samples:
        speeds[1:1] = ["-", "-"]
    return (named.name, maker.vocoder.name, *speeds)


def _least_s(call: Callable[[], object], runs: int) -> float:
    call()  # what is loaded or worked out once
    times = []
    for _ in range(runs):
        begun = time.process_time()
        call()
        times.append(time.process_time() - begun)
    return min(times)


def _first_sound(named: NamedMaker, sound: Path, runs: int) -> tuple[str, str, str]:
    vocoder = [] if named.vocoder is None else ["--vocoder", named.vocoder]
    command = [
        *(sys.executable, "-m", "kikimimi", "generate", "vary", str(sound.absolute())),
        *("--count", "1", "--no-figures", "--overwrite", "--generator", named.generator, *vocoder),
    ]
    processor, clock = [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(runs):
            before, begun = _children_s(), time.monotonic()
            done = subprocess.run(
                [*command, "-o", folder], capture_output=True, text=True, check=False
            )
            if done.returncode:
                return named.name, done.stderr.strip().splitlines()[-1], "-"
            clock.append(time.monotonic() - begun)
            processor.append(_children_s() - before)
    return named.name, f"{min(processor):.2f}", f"{min(clock):.2f}"


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
