"""Soundscapes and recipes that a training of a second needs."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from kikimimi.datasets.event_records import EventClip
from kikimimi.errors import ConfigError
from kikimimi.tasks.detection.data import DetectionData
from kikimimi.tasks.detection.recipe import DetectionRecipe
from kikimimi.training.config import build
from kikimimi.types import Event

RATE_HZ = 16000
CLIP_S = 2.0
CLASSES = ("click", "hiss", "tone")
COUNTS = {"train": 24, "validation": 8, "test": 8}


@dataclass(frozen=True)
class ToySoundscapes:
    """An `EventDataset` in memory, its audio on disk."""

    by_split: dict[str, tuple[EventClip, ...]]
    name: str = "toy"
    classes: tuple[str, ...] = CLASSES
    scenes: tuple[str, ...] = ()

    @property
    def splits(self) -> tuple[str, ...]:
        return tuple(self.by_split)

    def clips(self, split: str) -> tuple[EventClip, ...]:
        if split not in self.by_split:
            raise ConfigError(f"there is no split '{split}'")
        return self.by_split[split]

    def validate(self) -> None:
        pass

    def with_train(self, clips: tuple[EventClip, ...]) -> "ToySoundscapes":
        return replace(self, by_split={**self.by_split, "train": clips})


def make_soundscapes(root: Path) -> ToySoundscapes:
    splits = {}
    for number, (split, count) in enumerate(COUNTS.items()):
        generator = np.random.default_rng(number)
        splits[split] = tuple(
            _clip(root / f"{split}{i}.wav", split, generator) for i in range(count)
        )
    return ToySoundscapes(splits)


def _clip(path: Path, split: str, generator: np.random.Generator) -> EventClip:
    samples = 0.002 * generator.standard_normal(int(CLIP_S * RATE_HZ))
    events = []
    for label in CLASSES:
        if generator.random() < 0.6:
            onset = round(generator.uniform(0.1, 1.2), 2)
            offset = round(onset + generator.uniform(0.3, 0.7), 2)
            first, end = int(onset * RATE_HZ), int(offset * RATE_HZ)
            samples[first:end] += _SOUNDS[label](generator, end - first)
            events.append(Event(onset, offset, label))
    soundfile.write(path, samples, RATE_HZ)
    labels = tuple(event.event_label for event in events)
    return EventClip(path, tuple(events), labels, split, None, path.stem, CLIP_S)


def _click(generator: np.random.Generator, count: int) -> np.ndarray:
    clicks = np.zeros(count)
    clicks[:: int(generator.integers(300, 500))] = 0.9
    return clicks


def _hiss(generator: np.random.Generator, count: int) -> np.ndarray:
    return np.diff(0.1 * generator.standard_normal(count + 1))


def _tone(generator: np.random.Generator, count: int) -> np.ndarray:
    return 0.2 * np.sin(2 * np.pi * generator.uniform(300, 500) * np.arange(count) / RATE_HZ)


_SOUNDS = {"click": _click, "hiss": _hiss, "tone": _tone}


def loop(epochs: int, **changes: Any) -> dict[str, Any]:
    quiet = {"ema_decay": None, "figures_every": 0, "checkpoint_every": 1000}
    return {"epochs": epochs, **quiet, **changes}


def recipe_with(**changes: Any) -> DetectionRecipe:
    """A recipe that trains in a second or two, with `changes` to its parts."""
    values: dict[str, Any] = {
        "data": {"clip_s": CLIP_S, "figures_clips": 4},
        "network": {
            "name": "crnn",
            "options": {"channels": [8, 8], "frequency_pools": [8, 8], "time_pools": [1, 1],
                        "gru_size": 8, "norm": "after_pooling", "dropout": 0.0},
        },
        "batch": {"strong": 8},
        "optimiser": {"lr": 0.02},
        "schedule": {"name": "constant"},
        "loop": loop(12),
    }  # fmt: skip
    return build(DetectionRecipe, {**values, **changes}, where="test")


def data_for(dataset: ToySoundscapes, recipe: DetectionRecipe, cache: Path) -> DetectionData:
    return DetectionData(dataset, recipe, cache)
