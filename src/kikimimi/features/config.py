"""The settings of a log-mel front end: one frozen value that travels with the weights."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from difflib import get_close_matches
from math import isfinite
from typing import Any, Literal, Self, get_args

from kikimimi.errors import ConfigError

MelScale = Literal["slaney", "htk", "kaldi"]
Compression = Literal["log", "log_offset", "db"]
PadMode = Literal["constant", "reflect"]
WindowName = Literal["hann", "hann_symmetric", "hamming", "povey", "rectangular"]


@dataclass(frozen=True, slots=True)
class LogMelConfig:
    """How samples become a log-mel spectrogram.

    With y the compressed mel spectrum, the result is (y - mean) / scale.

    Attributes:
        sample_rate_hz: rate of the samples, which the caller resamples to.
        n_fft: length of the Fourier transform; a frame is zero-padded at its end to this length.
        win_length: length of a frame and of its window, in samples.
        hop_length: samples from one frame to the next.
        n_mels: number of mel bands F.
        f_min_hz: lower edge of the lowest band.
        f_max_hz: upper edge of the highest band, at most half the sample rate.
        mel_scale: "slaney" (linear below 1 kHz, triangles in Hz), "htk" (HTK formula, triangles
            in Hz) or "kaldi" (HTK formula, triangles in mel, as Kaldi and TensorFlow have it).
        mel_norm: None (triangles of height 1) or "slaney" (of area 1).
        power: 1.0 for the magnitude of the spectrum, 2.0 for its power.
        compression: "log" is ln(max(x, floor)), "log_offset" is ln(x + floor), "db" is
            10 log10(max(x, floor)).
        floor: the smallest value that the compression sees, or the value that it adds; above 0.
        mean: subtracted after the compression.
        scale: divides after the subtraction.
        center: pad the clip by half a frame at both ends, so that frame n is centred on sample
            n * hop_length and N = 1 + T // hop_length; without it only whole frames count and
            N = 1 + (T - win_length) // hop_length.
        pad_mode: what `center` pads with, "constant" (zeros) or "reflect".
        window: name of the window, one of `WindowName`; "hann" and "hamming" are periodic.
        preemphasis: a in x[t] - a x[t-1] within each frame (Kaldi), 0 for none.
        remove_dc: subtract the mean of each frame first (Kaldi).
    """

    sample_rate_hz: int
    n_fft: int
    win_length: int
    hop_length: int
    n_mels: int
    f_min_hz: float
    f_max_hz: float
    mel_scale: MelScale = "slaney"
    mel_norm: Literal["slaney"] | None = "slaney"
    power: float = 2.0
    compression: Compression = "log"
    floor: float = 1e-10
    mean: float = 0.0
    scale: float = 1.0
    center: bool = True
    pad_mode: PadMode = "constant"
    window: WindowName = "hann"
    preemphasis: float = 0.0
    remove_dc: bool = False

    def __post_init__(self) -> None:
        _check_types(self)
        _check_values(self)

    @property
    def frame_hop_s(self) -> float:
        """Time between two frames, in seconds."""
        return self.hop_length / self.sample_rate_hz

    def frame_count(self, sample_count: int) -> int:
        """Number of frames N of a clip of `sample_count` samples; a short clip gets one frame."""
        length = max(sample_count, self.win_length)
        return 1 + (length if self.center else length - self.win_length) // self.hop_length

    def to_dict(self) -> dict[str, Any]:
        """All settings as plain values, for `config.json`."""
        return asdict(self)

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> Self:
        """Make a configuration from what `to_dict` gave.

        Raises:
            ConfigError: a key is unknown (the message names the nearest one) or missing, or a
                value is impossible.
        """
        known = [field.name for field in fields(cls)]
        for key in settings:
            if key not in known:
                near = get_close_matches(str(key), known, n=1, cutoff=0.0)[0]
                raise ConfigError(f"log-mel setting '{key}' is unknown; did you mean '{near}'?")
        missing = [name for name in known[:_REQUIRED_COUNT] if name not in settings]
        if missing:
            raise ConfigError(f"log-mel settings lack {', '.join(missing)}; add them")
        return cls(**settings)


_REQUIRED_COUNT = 7
_INTEGERS = ("sample_rate_hz", "n_fft", "win_length", "hop_length", "n_mels")
_NUMBERS = ("f_min_hz", "f_max_hz", "power", "floor", "mean", "scale", "preemphasis")
_FLAGS = ("center", "remove_dc")
_CHOICES: dict[str, tuple[Any, ...]] = {
    "mel_scale": get_args(MelScale),
    "mel_norm": (None, "slaney"),
    "power": (1.0, 2.0),
    "compression": get_args(Compression),
    "pad_mode": get_args(PadMode),
    "window": get_args(WindowName),
}


def _check_types(config: LogMelConfig) -> None:
    for name in _INTEGERS:
        value = getattr(config, name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ConfigError(f"log-mel setting '{name}' is {value!r}; give a whole number >= 1")
    for name in _NUMBERS:
        value = getattr(config, name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise ConfigError(f"log-mel setting '{name}' is {value!r}; give a finite number")
    for name in _FLAGS:
        if not isinstance(getattr(config, name), bool):
            raise ConfigError(
                f"log-mel setting '{name}' is {getattr(config, name)!r}; give true or false"
            )
    for name, choices in _CHOICES.items():
        if getattr(config, name) not in choices:
            known = ", ".join(repr(choice) for choice in choices)
            raise ConfigError(
                f"log-mel setting '{name}' is {getattr(config, name)!r}; choose one of {known}"
            )


def _check_values(config: LogMelConfig) -> None:
    nyquist_hz = config.sample_rate_hz / 2
    rules = (
        ("win_length", config.win_length <= config.n_fft, f"at most n_fft = {config.n_fft}"),
        ("f_min_hz", config.f_min_hz >= 0, "at least 0"),
        ("f_max_hz", config.f_max_hz > config.f_min_hz, f"above f_min_hz = {config.f_min_hz:g}"),
        ("f_max_hz", config.f_max_hz <= nyquist_hz, f"at most half the rate, {nyquist_hz:g}"),
        ("floor", config.floor > 0, "above 0"),
        ("scale", config.scale != 0, "other than 0"),
        ("preemphasis", 0 <= config.preemphasis < 1, "at least 0 and below 1"),
    )
    for name, holds, bound in rules:
        if not holds:
            raise ConfigError(
                f"log-mel setting '{name}' is {getattr(config, name)!r}; it must be {bound}"
            )
