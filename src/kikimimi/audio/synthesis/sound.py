"""What a demo sound is."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from kikimimi.audio.synthesis.mixing import finish
from kikimimi.audio.synthesis.timebase import SAMPLE_RATE_HZ, Samples
from kikimimi.types import Clip

Synthesis = Callable[[np.random.Generator], Samples]


@dataclass(frozen=True, slots=True)
class DemoSound:
    """A sound made by calculation: where it goes in a library, and how it is made.

    `path` is a folder and a file name, for example `weather/rain on roof.wav`.
    """

    path: PurePosixPath
    synthesis: Synthesis

    def render(self, seed: int = 0) -> Clip:
        """Make the sound: (1, T) float32 at 32 kHz, peak -3 dBFS; equal seeds, equal samples."""
        rng = np.random.default_rng([seed, zlib.crc32(str(self.path).encode())])
        return Clip(finish(rng, self.synthesis(rng)), SAMPLE_RATE_HZ)


def demo(path: str, synthesis: Synthesis) -> DemoSound:
    """Name a sound by folder and file name."""
    return DemoSound(PurePosixPath(path), synthesis)
