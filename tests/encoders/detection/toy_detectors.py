"""Detectors without weights, for tests of what is around them."""

from typing import Self

import numpy as np

from kikimimi.encoders.detection.contract import Detector, DetectorCard
from kikimimi.types import FloatArray


class ToyDetector(Detector):
    """Class k hears the mean of |x| of each frame, raised to the power k + 1.

    With `drift` the score also depends on where in the window a frame lies, as that of a network
    with context does.
    """

    def __init__(self, classes=("hum", "buzz"), *, window=8, frame=100, drift=0.0) -> None:
        self.card = DetectorCard(
            name="toy",
            title="Toy",
            paper="none",
            licence="Apache-2.0",
            training_data="none",
            classes=tuple(classes),
            sample_rate_hz=8000,
            frame_hop_s=frame / 8000,
            window_s=window * frame / 8000,
        )
        self.drift = drift
        self.longest = 0

    def load(self) -> Self:
        return self

    @property
    def weights_digest(self) -> str:
        return "0"

    def _score_frames(self, samples: FloatArray) -> FloatArray:
        frame = self.card.frame_samples
        self.longest = max(self.longest, samples.shape[1])
        count = -(-samples.shape[1] // frame)
        padded = np.pad(samples, ((0, 0), (0, count * frame - samples.shape[1])))
        levels = np.abs(padded).reshape(len(samples), count, frame).mean(axis=2)
        levels = levels + self.drift * np.arange(count, dtype=np.float32)
        powers = [levels ** (k + 1) for k in range(len(self.card.classes))]
        return np.stack(powers, axis=2).astype(np.float32)
