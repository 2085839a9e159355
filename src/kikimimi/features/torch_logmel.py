"""The log-mel spectrogram as a differentiable torch module, for training and on the GPU.

Axes: B clips, T samples, N frames, K bins of the spectrum that some mel band uses, F mel bands.
"""

from collections.abc import Callable
from math import log

import torch
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.errors import AudioError
from kikimimi.features.config import LogMelConfig
from kikimimi.features.logmel import center_padding
from kikimimi.features.mel import mel_filterbank, used_bins
from kikimimi.features.window import frame_window


class TorchLogMel(nn.Module):
    """Log-mel spectrogram of clips under one `LogMelConfig`, equal to `LogMel` within rounding.

    It has no parameters, and its buffers are not saved with the weights: the configuration makes
    them again. It works in the precision of its buffers (float32), also under autocast.

        >>> from kikimimi.features.presets import YAMNET
        >>> TorchLogMel(YAMNET)(torch.zeros(2, 16000)).shape
        torch.Size([2, 64, 98])
    """

    bank: Tensor
    window: Tensor

    def __init__(self, config: LogMelConfig) -> None:
        super().__init__()
        self.config = config
        bank = mel_filterbank(config)
        self._bins = used_bins(bank)
        window = frame_window(config.window, config.win_length)
        dtype = torch.get_default_dtype()
        bank_tensor = torch.from_numpy(bank[:, self._bins]).to(dtype)  # (F, K)
        self.register_buffer("bank", bank_tensor, persistent=False)
        self.register_buffer("window", torch.from_numpy(window).to(dtype), persistent=False)

    def forward(self, samples: Tensor) -> Tensor:
        """Log-mel spectrograms: (..., T) samples -> (..., F, N), N = `config.frame_count(T)`.

        Args:
            samples: real values at `config.sample_rate_hz`. A clip shorter than a frame is padded
                with zeros to the length of one.

        Raises:
            AudioError: there are no samples.
        """
        if samples.ndim == 0 or samples.shape[-1] == 0:
            raise AudioError(
                f"a log-mel spectrogram needs samples of shape (..., T) with T >= 1, but got shape "
                f"{tuple(samples.shape)}; leave empty clips out"
            )
        clips = samples.reshape(-1, samples.shape[-1]).to(self.window.dtype)  # (B, T)
        with torch.autocast(samples.device.type, enabled=False):
            mel = self.bank @ self._spectrum(clips).transpose(1, 2)  # (B, F, N)
            levels = _COMPRESSIONS[self.config.compression](mel, self.config.floor)
        levels = (levels - self.config.mean) / self.config.scale
        return levels.reshape(*samples.shape[:-1], *levels.shape[1:])

    def _spectrum(self, clips: Tensor) -> Tensor:
        """Magnitude or power: (B, T) -> (B, N, K)."""
        config = self.config
        frames = _pad(clips, config).unfold(-1, config.win_length, config.hop_length)
        if config.remove_dc:
            frames = frames - frames.mean(dim=-1, keepdim=True)
        if config.preemphasis:
            previous = torch.cat([frames[..., :1], frames[..., :-1]], dim=-1)
            frames = frames - config.preemphasis * previous
        bins = torch.fft.rfft(frames * self.window, n=config.n_fft)[..., self._bins]
        return bins.abs() if config.power == 1 else bins.real.square() + bins.imag.square()


def _pad(clips: Tensor, config: LogMelConfig) -> Tensor:
    """Pad (B, T) so that frame n starts at sample n * hop_length of the result."""
    missing = config.win_length - clips.shape[-1]
    if missing > 0:
        clips = functional.pad(clips, (0, missing))
    if not config.center:
        return clips
    # torch reflects the last axis of arrays with a channel axis only.
    padding = list(center_padding(config))
    return functional.pad(clips[:, None], padding, mode=config.pad_mode)[:, 0]


def _log(mel: Tensor, floor: float) -> Tensor:
    return mel.clamp(min=floor).log()


def _log_offset(mel: Tensor, floor: float) -> Tensor:
    return (mel + floor).log()


def _decibel(mel: Tensor, floor: float) -> Tensor:
    return _log(mel, floor) * (10 / log(10))


_COMPRESSIONS: dict[str, Callable[[Tensor, float], Tensor]] = {
    "log": _log,
    "log_offset": _log_offset,
    "db": _decibel,
}
