"""What turns spectrograms into sound."""

from typing import Protocol

from kikimimi.types import FloatArray


class Vocoder(Protocol):
    """From the log-mel spectrogram of `kikimimi.generation.mel` to samples at 16 kHz.

    The same spectrogram and seed give the same bits on a CPU with as many threads.
    """

    @property
    def name(self) -> str:
        """Name, with what tells it from others of its kind."""

    def __call__(self, log_mel: FloatArray, *, seed: int = 0, loop: bool = False) -> FloatArray:
        """Samples ((N - 1) * 256,) of a log-mel spectrogram (F, N).

        Args:
            log_mel: natural logarithms, as `GenerationMel` gives them.
            seed: of the phases that are drawn.
            loop: the last frame is the first one again, and the end is to lead into the start.

        Raises:
            GenerationError: the spectrogram has another shape, or values that are not finite.
        """
