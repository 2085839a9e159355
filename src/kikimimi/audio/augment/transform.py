"""What a change of a waveform is. T samples."""

from typing import ClassVar, Protocol

import numpy as np

from kikimimi.types import FloatArray


class Transform(Protocol):
    """A random change of one waveform, configured by its own fields.

    Called with finite samples (T,) float32, T >= 1, it returns finite samples float32 and leaves
    its argument as it was; the result may be the argument itself. It keeps the length unless its
    documentation says another one. All chance comes from the generator.
    """

    name: ClassVar[str]
    """The name in recipes."""

    def __call__(self, samples: FloatArray, generator: np.random.Generator) -> FloatArray:
        """Return a changed copy of `samples`."""
        ...
