"""Recursive filters over a sound that arrives in blocks. Axes: C channels, T sample frames."""

import numpy as np
from scipy import signal

from kikimimi.cleaning.contract import Processor, Samples, SoundFormat, no_samples

_SILENT = 1e-30


class SectionFilter(Processor):
    """Second-order sections (S, 6), each channel for itself, from rest."""

    def __init__(self, sections: Samples, sound: SoundFormat) -> None:
        self._sections = sections
        self._state = np.zeros((len(sections), sound.channels, 2))

    def push(self, block: Samples) -> Samples:
        """Filter the next frames."""
        if not block.size:
            return block
        # In silence the filters would go on with numbers so small that they are slow to handle.
        self._state[np.abs(self._state) < _SILENT] = 0
        filtered, self._state = signal.sosfilt(self._sections, block, axis=1, zi=self._state)
        return filtered

    def finish(self) -> Samples:
        """Nothing was held back."""
        return no_samples(self._state.shape[1])
