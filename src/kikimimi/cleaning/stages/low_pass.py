"""Taking out what lies above a frequency: hiss, and tones of screens and power supplies."""

from dataclasses import dataclass
from typing import ClassVar

from scipy import signal

from kikimimi.cleaning.checks import require_within
from kikimimi.cleaning.contract import Processor, SoundFormat, StreamingStage, Unchanged
from kikimimi.cleaning.filtering import SectionFilter
from kikimimi.cleaning.registry import register


@register
@dataclass(frozen=True, slots=True)
class LowPass(StreamingStage):
    """A Butterworth low pass, causal, 3 dB down at `cutoff_hz`, 6 dB per octave for each order.

    A sound whose rate holds nothing above `cutoff_hz` passes unchanged.
    """

    name: ClassVar[str] = "low_pass"
    is_light: ClassVar[bool] = True

    cutoff_hz: float = 18000.0
    order: int = 4

    def __post_init__(self) -> None:
        require_within("cutoff_hz", self.cutoff_hz, 1, 1e6)
        require_within("order", self.order, 1, 12)

    def start(self, sound: SoundFormat) -> Processor:
        """Begin with a sound."""
        if self.cutoff_hz >= sound.nyquist_hz:
            return Unchanged(sound)
        sections = signal.butter(
            self.order, self.cutoff_hz, "lowpass", fs=sound.sample_rate_hz, output="sos"
        )
        return SectionFilter(sections, sound)
