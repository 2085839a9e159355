"""Taking out what lies under a frequency: wind, traffic, steps on the stand."""

from dataclasses import dataclass
from typing import ClassVar

from scipy import signal

from kikimimi.cleaning.checks import require_within
from kikimimi.cleaning.contract import Processor, SoundFormat, StreamingStage
from kikimimi.cleaning.filtering import SectionFilter
from kikimimi.cleaning.registry import register
from kikimimi.errors import AudioError


@register
@dataclass(frozen=True, slots=True)
class HighPass(StreamingStage):
    """A Butterworth high pass, causal, 3 dB down at `cutoff_hz`, 6 dB per octave for each order."""

    name: ClassVar[str] = "high_pass"
    is_light: ClassVar[bool] = True

    cutoff_hz: float = 60.0
    order: int = 4

    def __post_init__(self) -> None:
        require_within("cutoff_hz", self.cutoff_hz, 1, 1e6)
        require_within("order", self.order, 1, 12)

    def start(self, sound: SoundFormat) -> Processor:
        """Begin with a sound.

        Raises:
            AudioError: its rate is so low that nothing would pass.
        """
        if self.cutoff_hz >= sound.nyquist_hz:
            raise AudioError(
                f"a high pass at {self.cutoff_hz:g} Hz leaves nothing of a sound at "
                f"{sound.sample_rate_hz} Hz; lower its cutoff_hz"
            )
        sections = signal.butter(
            self.order, self.cutoff_hz, "highpass", fs=sound.sample_rate_hz, output="sos"
        )
        return SectionFilter(sections, sound)
