"""Spectrograms of any length as overlapping windows, and back without seams.

Axes: F mel bands, M mel frames of the sound, W windows, L mel frames of a window.
"""

import torch
from torch import Tensor

OVERLAP = 40
"""Frames, 0.64 s, that two windows share; one fades into the other."""


def window_count(mel_frames: int, length: int) -> int:
    """Windows that a sound of so many frames needs."""
    return max(1, -(-(mel_frames - OVERLAP) // (length - OVERLAP)))


def cut_windows(mel: Tensor, length: int) -> Tensor:
    """(F, M) -> (W, F, L); silence, which is 0, follows the end."""
    count = window_count(mel.shape[1], length)
    hop = length - OVERLAP
    missing = (count - 1) * hop + length - mel.shape[1]
    padded = torch.nn.functional.pad(mel, (0, max(0, missing)))
    return padded.unfold(1, length, hop)[:, :count].transpose(0, 1)


def join_windows(windows: Tensor, mel_frames: int) -> Tensor:
    """(W, F, L) -> (F, M), neighbours faded into each other."""
    count, bands, length = windows.shape
    hop = length - OVERLAP
    joined = windows.new_zeros(bands, (count - 1) * hop + length)
    rise = _rise(windows)
    for number, window in enumerate(windows):
        part = window.clone()
        if number > 0:
            part[:, :OVERLAP] *= rise
        if number < count - 1:
            part[:, hop:] *= 1 - rise
        joined[:, number * hop : number * hop + length] += part
    return joined[:, :mel_frames]


def closed_loop(mel: Tensor, period: int) -> Tensor:
    """Fold what follows a period onto its start: (F, >= period + OVERLAP) -> (F, period + 1).

    The last frame equals the first, so that the sound may begin anew there.
    """
    looped = mel[:, : period + 1].clone()
    fade = min(OVERLAP, period)
    rise = _rise(mel, fade)
    looped[:, :fade] = rise * mel[:, :fade] + (1 - rise) * mel[:, period : period + fade]
    looped[:, period] = looped[:, 0]
    return looped


def _rise(like: Tensor, frames: int = OVERLAP) -> Tensor:
    return (torch.arange(frames, dtype=like.dtype, device=like.device) + 0.5) / frames
