"""Which encoder is evaluated, if need be another for each fold."""

from collections.abc import Sequence
from dataclasses import dataclass

from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.fold_pattern import FOLD_FIELD, encoder_of_fold
from kikimimi.encoders.fusion import fused_name


@dataclass(frozen=True, slots=True)
class EncoderChoice:
    """An encoder by its name or the path of its folder, and the layers that are fused, if any.

    `{fold}` in the name stands for the number of the test fold, so that each fold can be tested
    with an encoder that has not heard it.
    """

    name: str
    layers: Sequence[str] = ()
    fuse: str = "concat"

    @property
    def is_per_fold(self) -> bool:
        """Whether each fold has an encoder of its own."""
        return FOLD_FIELD in self.name

    def create(self, fold: int) -> Encoder:
        """The encoder for a test fold, not loaded yet.

        Raises:
            EncoderError: there is no such encoder or layer.
        """
        name = fused_name(self.name, self.layers, self.fuse) if self.layers else self.name
        return encoder_of_fold(name, fold)
