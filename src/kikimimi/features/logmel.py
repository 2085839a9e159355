"""The log-mel spectrogram for bulk work on the CPU, clip by clip, without torch.

Axes: T samples, N frames, K bins of the spectrum that some mel band uses, F mel bands.
"""

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import as_strided
from scipy import fft

from kikimimi.errors import AudioError
from kikimimi.features.config import LogMelConfig
from kikimimi.features.mel import mel_filterbank, used_bins
from kikimimi.features.window import frame_window
from kikimimi.types import FloatArray

# Frames worked on together: their spectra stay in the second-level cache.
_BLOCK = 64


class LogMel:
    """Log-mel spectrogram of clips under one `LogMelConfig`.

        >>> from kikimimi.features.presets import YAMNET
        >>> LogMel(YAMNET)(np.zeros(16000, np.float32)).shape
        (64, 98)

    The result for a clip depends on its own samples alone, to the last bit. One thread; an
    instance may be shared between threads.
    """

    def __init__(self, config: LogMelConfig) -> None:
        self.config = config
        bank = mel_filterbank(config)  # (F, n_fft // 2 + 1)
        self._bins = used_bins(bank)
        self._bank = np.ascontiguousarray(bank[:, self._bins], dtype=np.float32)
        self._window = frame_window(config.window, config.win_length)[:, None].astype(np.float32)

    def __call__(self, samples: FloatArray) -> FloatArray:
        """Log-mel spectrograms of clips of equal length.

        Args:
            samples: (..., T) float32 at `config.sample_rate_hz`. A clip shorter than a frame is
                padded with zeros to the length of one.

        Returns:
            (..., F, N) float32 with N = `config.frame_count(T)`.

        Raises:
            AudioError: there are no samples.
        """
        clips = np.asarray(samples, dtype=np.float32)
        if clips.ndim == 0 or clips.shape[-1] == 0:
            raise AudioError(
                f"a log-mel spectrogram needs samples of shape (..., T) with T >= 1, but got shape "
                f"{clips.shape}; leave empty clips out"
            )
        shape = (self.config.n_mels, self.config.frame_count(clips.shape[-1]))
        result = np.empty((*clips.shape[:-1], *shape), dtype=np.float32)
        rows = result.reshape(-1, *shape)
        for clip, row in zip(clips.reshape(-1, clips.shape[-1]), rows, strict=True):
            self._mel_of_clip(clip, row)
        return result

    def _mel_of_clip(self, clip: FloatArray, result: FloatArray) -> None:
        """Fill `result` (F, N) from `clip` (T,)."""
        config = self.config
        padded = np.ascontiguousarray(pad_clip(clip, config))
        count = result.shape[1]
        stride = padded.itemsize
        frames = as_strided(
            padded,
            (config.win_length, count),
            (stride, stride * config.hop_length),
            writeable=False,
        )
        buffer = np.zeros((config.n_fft, min(count, _BLOCK)), dtype=np.float32)
        for start in range(0, count, _BLOCK):
            block = slice(start, min(start + _BLOCK, count))
            spectrum = self._spectrum(frames[:, block], buffer)
            np.matmul(self._bank, spectrum, out=result[:, block])
        _COMPRESSIONS[config.compression](result, config.floor)
        if config.mean != 0 or config.scale != 1:
            result -= np.float32(config.mean)
            result *= np.float32(1 / config.scale)

    def _spectrum(self, frames: FloatArray, buffer: FloatArray) -> FloatArray:
        """Magnitude or power (K, n) of `frames` (win_length, n), by way of `buffer` (n_fft, n)."""
        config = self.config
        # Frames stand in columns: the transform then works on neighbours in memory at once, and
        # the mel product needs no transposed copy.
        windowed = buffer[:, : frames.shape[1]]
        if config.remove_dc or config.preemphasis:
            frames = _condition(frames, config)
        np.multiply(frames, self._window, out=windowed[: config.win_length])
        spectrum: FloatArray = np.abs(fft.rfft(windowed, axis=0, workers=1)[self._bins])
        return np.square(spectrum, out=spectrum) if config.power == 2 else spectrum


def pad_clip(clip: FloatArray, config: LogMelConfig) -> FloatArray:
    """Pad `clip` (T,) so that frame n starts at sample n * hop_length of the result."""
    if len(clip) < config.win_length:
        clip = np.pad(clip, (0, config.win_length - len(clip)))
    if not config.center:
        return clip
    return np.pad(clip, center_padding(config), mode=config.pad_mode)


def center_padding(config: LogMelConfig) -> tuple[int, int]:
    """Samples added before and after a clip when frames are centred.

    As in librosa and torch, the window lies in the middle of n_fft samples around the centre; the
    samples that such a frame would multiply by zero are left out.
    """
    before = config.n_fft // 2 - (config.n_fft - config.win_length) // 2
    return before, config.win_length - before


def _condition(frames: FloatArray, config: LogMelConfig) -> FloatArray:
    """Kaldi's steps before the window: remove the mean of a frame, then emphasise its treble."""
    if config.remove_dc:
        frames = frames - frames.mean(axis=0)
    if not config.preemphasis:
        return frames
    # Kaldi takes the sample before a frame to equal its first one.
    previous = np.concatenate([frames[:1], frames[:-1]])
    previous *= np.float32(config.preemphasis)
    return np.subtract(frames, previous)


def _log(mel: FloatArray, floor: float) -> None:
    np.maximum(mel, np.float32(floor), out=mel)
    np.log(mel, out=mel)


def _log_offset(mel: FloatArray, floor: float) -> None:
    mel += np.float32(floor)
    np.log(mel, out=mel)


def _decibel(mel: FloatArray, floor: float) -> None:
    _log(mel, floor)
    mel *= np.float32(10 / np.log(10))


_COMPRESSIONS: dict[str, Callable[[FloatArray, float], None]] = {
    "log": _log,
    "log_offset": _log_offset,
    "db": _decibel,
}
