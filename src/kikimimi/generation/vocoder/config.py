"""Sizes of the vocoder."""

from dataclasses import dataclass

from kikimimi.errors import ConfigError


@dataclass(frozen=True, slots=True)
class VocoderConfig:
    """Sizes of the network."""

    width: int = 192
    """Channels D between blocks."""
    hidden: int = 512
    """Channels inside a block."""
    blocks: int = 8
    kernel: int = 7
    """Frames that a block sees at once, an odd number."""
    noise: int = 8
    """Random numbers R of a frame."""

    def __post_init__(self) -> None:
        if min(self.width, self.hidden, self.blocks, self.kernel) < 1 or self.noise < 0:
            raise ConfigError("sizes of a vocoder must be 1 or more, noise 0 or more")
        if self.kernel % 2 == 0:
            raise ConfigError(f"kernel of a vocoder must be odd, but is {self.kernel}")

    @property
    def reach(self) -> int:
        """Frames on each side that a frame of the output depends on, those of the window too."""
        return (self.blocks + 1) * (self.kernel // 2) + 2
