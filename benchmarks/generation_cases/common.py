"""Generators named on the command line, and held-out clips."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kikimimi.audio.reading import read_clip
from kikimimi.generation.data import DataSettings, load_generation_data
from kikimimi.generation.making.maker import SoundMaker
from kikimimi.generation.making.sources import SourceSound
from kikimimi.generation.mel import GENERATION_MEL
from kikimimi.generation.registry import create_generator, create_vocoder, vocoder_of


@dataclass(frozen=True, slots=True)
class NamedMaker:
    """A generator of the command line: `NAME=FOLDER`, or `NAME=FOLDER@VOCODER`."""

    name: str
    generator: str
    vocoder: str | None

    def open(self) -> SoundMaker:
        """Generator and vocoder, loaded."""
        generator = create_generator(self.generator).load()
        if self.vocoder is None:
            return SoundMaker(generator, vocoder_of(generator))
        return SoundMaker(generator, create_vocoder(self.vocoder))


def named_maker(text: str) -> NamedMaker:
    """For argparse."""
    name, equals, rest = text.partition("=")
    generator, _, vocoder = rest.partition("@")
    if not (name and equals and generator):
        raise argparse.ArgumentTypeError(f"'{text}': write NAME=FOLDER or NAME=FOLDER@VOCODER")
    return NamedMaker(name, generator, vocoder or None)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Clips of one fold with the names of their classes."""

    fold: int
    paths: tuple[Path, ...]
    labels: tuple[str, ...]

    def sounds(self) -> list[SourceSound]:
        """The clips at 16 kHz, one channel; also those that hold nothing but silence."""
        return [SourceSound(path.name, _samples(path)) for path in self.paths]


def held_out(data: Path, fold: int, *, most: int) -> HeldOut:
    """The clips of a fold, class by class in turn, so that `most` of them hold all classes."""
    found = load_generation_data(data, DataSettings(), held_out_fold=fold)
    by_class: dict[int, list[Path]] = {}
    for path, label in zip(found.held_out, found.held_out_labels, strict=True):
        by_class.setdefault(label, []).append(path)
    rounds = max(map(len, by_class.values()))
    turns = [
        (paths[number], found.classes[label])
        for number in range(rounds)
        for label, paths in sorted(by_class.items())
        if number < len(paths)
    ][:most]
    return HeldOut(fold, tuple(path for path, _ in turns), tuple(label for _, label in turns))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table in Markdown."""
    print(f"\n| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def _samples(path: Path) -> np.ndarray:
    rate_hz = GENERATION_MEL.sample_rate_hz
    return read_clip(path, sample_rate_hz=rate_hz, mono=True).samples[0]
