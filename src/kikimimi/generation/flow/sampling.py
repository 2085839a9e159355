"""How a trained flow is sampled."""

from dataclasses import dataclass

from kikimimi.errors import ConfigError


@dataclass(frozen=True, slots=True)
class SamplingSettings:
    """How a trained flow is sampled, unless a call says otherwise."""

    steps: int = 16
    """Steps of the midpoint rule, two evaluations each."""
    guidance: float = 2.5
    """Strength of the guidance by labels, sounds and words."""

    def __post_init__(self) -> None:
        if self.steps < 1 or not 0 <= self.guidance <= 20:
            raise ConfigError("sampling: give steps of 1 or more, and a guidance from 0 to 20")
