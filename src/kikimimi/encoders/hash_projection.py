"""Binary codes of embeddings: one bit for the side of each of K planes that a vector lies on.

Yang, Lin and Chen, "Supervised Learning of Semantics-Preserving Hash via Deep Convolutional
Neural Networks", IEEE TPAMI 40(2), 2018: the latent layer is h = sigmoid(W e + b), and a bit says
whether h > 1/2, which is W e + b > 0.

Axes: n vectors, D embedding size, K bits.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kikimimi.errors import EncoderError
from kikimimi.types import FloatArray

PackedCodes = NDArray[np.uint8]
"""(n, K / 8): bit k of a code is bit k % 8 of byte k // 8, the least significant being 0."""

MAX_BITS = 4096
_ROWS_AT_ONCE = 32_768


@dataclass(frozen=True, slots=True, eq=False)
class HashProjection:
    """The planes: `weights` (K, D) and `biases` (K,), both float32; K a multiple of 8.

    Raises:
        EncoderError: the arrays do not fit together, K is not allowed, or a value is not finite.
    """

    weights: FloatArray
    biases: FloatArray

    def __post_init__(self) -> None:
        shapes = f"weights of shape {self.weights.shape} and biases of shape {self.biases.shape}"
        if self.weights.ndim != 2 or self.biases.shape != self.weights.shape[:1]:
            raise EncoderError(f"{shapes} are no hash projection; give (K, D) and (K,)")
        check_bits(self.bits)
        if not (np.isfinite(self.weights).all() and np.isfinite(self.biases).all()):
            raise EncoderError(
                f"a hash projection of {self.bits} bits holds NaN or infinite values; "
                "get the weights again"
            )

    @property
    def bits(self) -> int:
        """The length K of a code."""
        return len(self.weights)

    def codes(self, embeddings: FloatArray) -> PackedCodes:
        """Codes (n, K / 8) of embeddings (n, D).

        A bit whose plane a vector touches within rounding may fall to either side.
        """
        packed = np.empty((len(embeddings), self.bits // 8), dtype=np.uint8)
        for start in range(0, len(embeddings), _ROWS_AT_ONCE):
            block = embeddings[start : start + _ROWS_AT_ONCE]
            bits = block @ self.weights.T + self.biases > 0
            packed[start : start + len(block)] = np.packbits(bits, axis=1, bitorder="little")
        return packed


def check_bits(bits: int) -> None:
    """Check the length of a code.

    Raises:
        EncoderError: it is not a multiple of 8 from 8 to 4096.
    """
    if not 8 <= bits <= MAX_BITS or bits % 8:
        raise EncoderError(
            f"a binary code cannot have {bits} bits; choose a multiple of 8 up to {MAX_BITS}"
        )
