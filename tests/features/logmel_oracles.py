"""Independent log-mel spectrograms in float64: librosa, and Kaldi's definition written out.

`worst_error` says what "equal within 1e-4" means in these tests.
"""

import librosa
import numpy as np
from scipy.signal import get_window

from kikimimi.features.config import LogMelConfig
from kikimimi.features.mel import mel_filterbank

COMPRESSIONS = {
    "log": lambda mel, floor: np.log(np.maximum(mel, floor)),
    "log_offset": lambda mel, floor: np.log(mel + floor),
    "db": lambda mel, floor: 10 * np.log10(np.maximum(mel, floor)),
}
# A Fourier transform in single precision errs, bin by bin, by up to about 2**-21 of the norm of
# its frame, in librosa as well; 40 dB below that norm, such an error is 1e-4 of a bin's power.
QUIETEST_BIN_DB = 40.0


def worst_error(levels, expected, samples, config: LogMelConfig) -> float:
    """Largest |a - b| / max(b, s) over linear mel values a (from `levels`) and b (`expected`).

    The scale s is the mel value of a spectrum that lies 40 dB below the norm of the frame's
    samples: what is quieter is compared as if it had that level.
    """
    found, wanted = (_linear(np.asarray(y, np.float64), config) for y in (levels, expected))
    assert found.shape == wanted.shape
    quietest = _frame_norms(samples, config) * 10 ** (-QUIETEST_BIN_DB / 20)
    scale = mel_filterbank(config).sum(axis=1)[:, None] * quietest**config.power
    return float(np.max(np.abs(found - wanted) / np.maximum(wanted, scale)))


def share_beyond(levels, expected, config: LogMelConfig, tolerance: float) -> float:
    """Share of the values with |a - b| > tolerance * b, without any allowance for rounding."""
    found, wanted = (_linear(np.asarray(y, np.float64), config) for y in (levels, expected))
    return float(np.mean(np.abs(found - wanted) > tolerance * wanted))


def _frame_norms(samples, config: LogMelConfig):
    """Euclidean norm of the n_fft samples around each frame: (N,)."""
    count = config.frame_count(len(samples))
    before = config.n_fft // 2 if config.center else 0
    after = count * config.hop_length + config.n_fft
    frames = np.lib.stride_tricks.sliding_window_view(
        np.pad(samples.astype(np.float64), (before, after)), config.n_fft
    )
    return np.linalg.norm(frames[:: config.hop_length][:count], axis=1)


def _linear(levels, config: LogMelConfig):
    compressed = levels * config.scale + config.mean
    return 10 ** (compressed / 10) if config.compression == "db" else np.exp(compressed)


def librosa_logmel(samples, config: LogMelConfig):
    """What librosa makes of `config`, its mel matrix included where it has that scale."""
    samples = np.pad(samples.astype(np.float64), (0, max(0, config.win_length - len(samples))))
    if not config.center:
        # librosa centres a short window in n_fft samples, so the frames must start earlier.
        margin = (config.n_fft - config.win_length) // 2
        samples = np.pad(samples, (margin, config.n_fft - config.win_length - margin))
    spectrum = librosa.stft(
        samples,
        n_fft=config.n_fft,
        hop_length=config.hop_length,
        win_length=config.win_length,
        window=get_window("hann", config.win_length, fftbins=config.window == "hann"),
        center=config.center,
        pad_mode=config.pad_mode,
    )
    mel = _mel_matrix(config) @ np.abs(spectrum) ** config.power
    return _finish(mel, config)


def _mel_matrix(config: LogMelConfig):
    if config.mel_scale == "kaldi":
        return kaldi_mel_matrix(config)
    return librosa.filters.mel(
        sr=config.sample_rate_hz,
        n_fft=config.n_fft,
        n_mels=config.n_mels,
        fmin=config.f_min_hz,
        fmax=config.f_max_hz,
        htk=config.mel_scale == "htk",
        norm=config.mel_norm,
        dtype=np.float64,
    )


def kaldi_mel_matrix(config: LogMelConfig):
    """Kaldi's mel banks, bin by bin: triangles in mel = 1127 ln(1 + f / 700)."""

    def mel(frequency_hz):
        return 1127.0 * np.log(1.0 + frequency_hz / 700.0)

    low, high = mel(config.f_min_hz), mel(config.f_max_hz)
    step = (high - low) / (config.n_mels + 1)
    matrix = np.zeros((config.n_mels, config.n_fft // 2 + 1))
    for band in range(config.n_mels):
        left, centre, right = (low + (band + i) * step for i in range(3))
        for k in range(config.n_fft // 2):
            place = mel(k * config.sample_rate_hz / config.n_fft)
            if left < place <= centre:
                matrix[band, k] = (place - left) / (centre - left)
            elif centre < place < right:
                matrix[band, k] = (right - place) / (right - centre)
    return matrix


def kaldi_fbank(samples, config: LogMelConfig, window):
    """Kaldi's filter-bank features with snipped edges and no dither, frame by frame."""
    samples = np.pad(samples.astype(np.float64), (0, max(0, config.win_length - len(samples))))
    matrix = kaldi_mel_matrix(config)
    columns = []
    for start in range(0, len(samples) - config.win_length + 1, config.hop_length):
        frame = samples[start : start + config.win_length]
        frame = frame - frame.mean()
        emphasised = np.empty_like(frame)
        emphasised[0] = frame[0] - config.preemphasis * frame[0]
        emphasised[1:] = frame[1:] - config.preemphasis * frame[:-1]
        power = np.abs(np.fft.rfft(emphasised * window, config.n_fft)) ** 2
        columns.append(matrix @ power)
    return _finish(np.stack(columns, axis=1), config)


def _finish(mel, config: LogMelConfig):
    return (COMPRESSIONS[config.compression](mel, config.floor) - config.mean) / config.scale
