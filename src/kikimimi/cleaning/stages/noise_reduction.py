"""Taking steady noise out of a recording: hiss of the recorder, wind in leaves, a fan.

Axes: C channels, T sample frames, N frames of the transform, K bins.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from kikimimi.audio.augment.recipe import require
from kikimimi.cleaning.checks import require_within
from kikimimi.cleaning.contract import (
    Figures,
    Processor,
    Samples,
    SoundFormat,
    Survey,
    SurveyingStage,
    Treatment,
    Unchanged,
)
from kikimimi.cleaning.decibels import amplitude
from kikimimi.cleaning.noise_profile import FoundProfile, GivenProfile, NoiseProfile
from kikimimi.cleaning.registry import register
from kikimimi.cleaning.spectra import Analysis, Spectra, Synthesis, hop_size, mean_powers, root_hann
from kikimimi.errors import AudioError

Powers = NDArray[np.float32]

_WIDTH = 5
"""Frames and bins over which ratios are averaged, twice."""
_HALO = 2 * (_WIDTH // 2)
_FINE_WIDTH = 3
_TINY = np.float32(1e-20)


@register
@dataclass(frozen=True, slots=True)
class NoiseReduction(SurveyingStage):
    """A Wiener filter whose gains follow the sound over time and frequency.

    The ratio of a frame's powers to those of the noise, averaged over about 60 ms and 200 Hz, gives
    a first gain, x / (1 + x) with x the signal-to-noise ratio (the averages keep single bins from
    ringing); the power that it lets through gives the second, sharper one that is used, as in the
    two-step method of Plapous, Marro & Scalart (IEEE Trans. ASLP 14, 2006), but looking ahead.
    All channels get the gains of their mean power, so that nothing moves between them.

    Args:
        reduction_db: how far noise is lowered at most; the rest keeps the sound natural.
        strength: how many times the mean power of the noise counts as noise.
        profile_s: start and end in seconds of a part with noise only; found if not given. A sound
            without a part 4 dB quieter than the rest is left as it is; rain that swells is not.
    """

    name: ClassVar[str] = "noise_reduction"

    reduction_db: float = 15.0
    strength: float = 1.3
    profile_s: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        require_within("reduction_db", self.reduction_db, 0, 60)
        require_within("strength", self.strength, 0.5, 10)
        given = self.profile_s
        require(
            not given or (_is_stretch(given) and 0 <= given[0] < given[1]),
            f"profile_s must be a start and a later end in seconds, but is {list(given)}",
        )

    def survey(self, sound: SoundFormat) -> Survey:
        """Begin to listen for the noise."""
        return _NoiseSurvey(self, sound)


def _is_stretch(values: tuple[float, ...]) -> bool:
    return len(values) == 2 and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in values
    )


class _NoiseSurvey(Survey):
    def __init__(self, stage: NoiseReduction, sound: SoundFormat) -> None:
        self._stage = stage
        hop = hop_size(sound.sample_rate_hz)
        frame_s = 2 * hop / sound.sample_rate_hz
        self._window_energy = float(np.square(root_hann(hop)).sum())
        self._analysis = Analysis(channels=sound.channels, hop=hop)
        self._listener = (
            GivenProfile(*stage.profile_s, frame_s=frame_s)
            if stage.profile_s
            else FoundProfile(frame_s=frame_s)
        )
        self._profile: NoiseProfile | None = None

    def push(self, block: Samples) -> None:
        self._listener.push(self._analysis.push(block))

    def end_pass(self) -> bool:
        self._listener.push(self._analysis.finish())
        self._profile = self._listener.result()
        if self._profile is None and self._stage.profile_s:
            start_s, end_s = self._stage.profile_s
            raise AudioError(
                f"the sound has no whole frame from {start_s:g} to {end_s:g} s; "
                "give another profile_s"
            )
        return False

    def settle(self) -> Treatment:
        if self._profile is None:
            return _Nothing()
        return NoiseFilter(
            noise=self._profile.powers * np.float32(self._stage.strength),
            floor=amplitude(-self._stage.reduction_db),
        )

    def figures(self) -> Figures:
        if self._profile is None:
            return {"profile": "none: no part is quieter than the rest"}
        powers = self._profile.powers.astype(np.float64)
        # by Parseval, with each bin but the outer ones standing for two
        energy = (powers.sum() * 2 - powers[0] - powers[-1]) / (2 * (len(powers) - 1))
        return {
            "profile_start_s": self._profile.start_s,
            "profile_end_s": self._profile.end_s,
            "noise_db": 10 * float(np.log10(energy / self._window_energy + _TINY)),
        }


@dataclass(frozen=True, slots=True)
class _Nothing(Treatment):
    is_light: ClassVar[bool] = True

    def start(self, sound: SoundFormat) -> Processor:
        return Unchanged(sound)


@dataclass(frozen=True, slots=True, eq=False)
class NoiseFilter(Treatment):
    """Lowers noise of known powers (K,), as `spectra` measures them, down to `floor` times."""

    noise: Powers
    floor: float

    def start(self, sound: SoundFormat) -> Processor:
        """Begin with a sound."""
        return _Filter(self, sound)


class _Filter(Processor):
    def __init__(self, treatment: NoiseFilter, sound: SoundFormat) -> None:
        hop = hop_size(sound.sample_rate_hz)
        self._noise = np.maximum(treatment.noise, _TINY)
        self._floor = np.float32(treatment.floor)
        self._analysis = Analysis(channels=sound.channels, hop=hop)
        self._synthesis = Synthesis(channels=sound.channels, hop=hop)
        self._waiting = np.zeros((sound.channels, 0, hop + 1), np.complex64)
        self._ratios: Powers | None = None
        self._given = self._taken = 0

    def push(self, block: Samples) -> Samples:
        self._taken += block.shape[1]
        return self._filtered(self._analysis.push(block), is_last=False)

    def finish(self) -> Samples:
        rest = self._filtered(self._analysis.finish(), is_last=True)
        return rest[:, : self._taken - self._given + rest.shape[1]]

    def _filtered(self, spectra: Spectra, *, is_last: bool) -> Samples:
        """What the spectra (C, N, K) complete, but for the frames that wait for later ones."""
        if spectra.shape[1]:
            ratios = mean_powers(spectra) / self._noise
            if self._ratios is None:
                self._ratios = np.repeat(ratios[:1], _HALO, axis=0)
            self._ratios = np.concatenate([self._ratios, ratios])
            self._waiting = np.concatenate([self._waiting, spectra], axis=1)
        if self._ratios is None:
            return self._synthesis.push(self._waiting)
        if is_last:
            self._ratios = np.concatenate(
                [self._ratios, np.repeat(self._ratios[-1:], _HALO, axis=0)]
            )
        count = max(0, len(self._ratios) - 2 * _HALO)
        ready, self._waiting = np.split(self._waiting, [count], axis=1)
        if count:
            ready = ready * self._gains()
            self._ratios = self._ratios[count:]
        samples = self._synthesis.push(ready)
        self._given += samples.shape[1]
        return samples

    def _gains(self) -> Powers:
        """Gains (N, K) of all frames but the `_HALO` first and last whose ratios are known."""
        assert self._ratios is not None
        inner = slice(_HALO, len(self._ratios) - _HALO)
        averages = _average(_average(self._ratios, _WIDTH), _WIDTH)[inner]
        ratio = np.maximum(averages - 1, 0)
        first = ratio / (1 + ratio)
        passed = first * first * self._ratios[inner]
        for _ in range(2):
            passed = uniform_filter1d(passed, _FINE_WIDTH, axis=1, mode="nearest")
        return np.maximum(passed / (1 + passed), self._floor)


def _average(ratios: Powers, width: int) -> Powers:
    over_time = uniform_filter1d(ratios, width, axis=0, mode="nearest")
    return uniform_filter1d(over_time, width, axis=1, mode="nearest")
