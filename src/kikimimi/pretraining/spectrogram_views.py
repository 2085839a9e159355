"""Two changed views of one spectrogram, as BYOL-A makes them.

Niizumi et al., "BYOL for audio", IJCNN 2021 and TASLP 2023. Axes: B clips, F mel bands, N frames,
M spectrograms in the memory.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.features.augment import log_mixup_exp


class BackgroundMixup(nn.Module):
    """Mixes each spectrogram with one of the last inputs, which is then heard behind it.

    IJCNN 2021, section III-B, eq. 3: log((1 - a) exp(x) + a exp(x_k)) with a drawn between 0 and
    `most`, and x_k among the last `memory` inputs. The memory is a buffer, in half precision, so
    that a resumed training goes on with it.

    Args:
        most: the largest share a of the background.
        memory: M.
        shape: (F, N).
        scale: as `log_mixup_exp` takes it.
    """

    bank: Tensor
    count: Tensor

    def __init__(self, most: float, *, memory: int, shape: tuple[int, int], scale: float) -> None:
        super().__init__()
        self._most, self._scale = most, scale
        self.register_buffer("bank", torch.zeros(memory, *shape, dtype=torch.float16))
        self.register_buffer("count", torch.zeros((), dtype=torch.int64))

    def forward(self, log_mel: Tensor) -> Tensor:
        """(B, F, N) -> the same shape; as it is while the memory is empty."""
        filled = min(int(self.count), len(self.bank))
        if filled == 0 or self._most == 0:
            return log_mel
        clips = len(log_mel)
        chosen = torch.randint(filled, (clips,), device=log_mel.device)
        share = self._most * torch.rand(clips, 1, 1, device=log_mel.device)
        background = self.bank[chosen].to(log_mel.dtype)
        return log_mixup_exp(log_mel, background, 1 - share, scale=self._scale)

    @torch.no_grad()
    def remember(self, log_mel: Tensor) -> None:
        """Take inputs (B, F, N) into the memory; the oldest leave it."""
        newest = log_mel[-len(self.bank) :]
        places = (self.count + torch.arange(len(newest), device=self.bank.device)) % len(self.bank)
        self.bank[places] = newest.to(self.bank.dtype)
        self.count += len(newest)


class RandomResizeCrop(nn.Module):
    """Cuts a random stretch of time and frequency and resizes it to the whole.

    IJCNN 2021, section III-C: the input lies in the middle of a larger plane of zeros, 1 x as high
    and 1.5 x as long; the crop, of 0.6 to 1.5 of the input's size either way but no higher than
    the plane, lies anywhere in it, and is resized by bicubic interpolation.
    """

    def __init__(
        self,
        *,
        plane: tuple[float, float] = (1.0, 1.5),
        scale: tuple[float, float] = (0.6, 1.5),
    ) -> None:
        super().__init__()
        self._plane, self._scale = plane, scale

    def forward(self, log_mel: Tensor) -> Tensor:
        """(B, F, N) -> the same shape, each clip cropped in its own way."""
        clips, *size = log_mel.shape
        axes = [
            self._positions(clips, length, plane, log_mel.device)
            for length, plane in zip(size, self._plane, strict=True)
        ]
        rows, columns = (axis.to(log_mel.dtype) for axis in axes)
        grid = torch.stack(
            [
                columns[:, None, :].expand(-1, size[0], -1),
                rows[:, :, None].expand(-1, -1, size[1]),
            ],
            dim=3,
        )
        resized = functional.grid_sample(
            log_mel[:, None], grid, mode="bicubic", padding_mode="zeros", align_corners=False
        )
        return resized[:, 0]

    def _positions(self, clips: int, length: int, plane: float, device: torch.device) -> Tensor:
        """Where each place of one axis comes from, (B, length), -1 and 1 the edges of the input."""
        low, high = self._scale
        whole = int(length * plane)
        drawn = low + (high - low) * torch.rand(clips, 1, device=device)
        crop = (drawn * length).floor().clamp(1, whole)
        free = whole - crop
        start = (torch.rand(clips, 1, device=device) * (free + 1)).floor().clamp(max=free)
        start = start - (whole - length) // 2
        centres = (torch.arange(length, device=device) + 0.5) / length
        return 2 * (start + crop * centres) / length - 1


class RandomLinearFader(nn.Module):
    """Adds a line over time, from one random level to another: a fade in or out.

    TASLP 2023, section III-B: both ends are drawn between -`gain` and `gain`, in units of the
    normalised spectrogram.
    """

    def __init__(self, gain: float = 1.0) -> None:
        super().__init__()
        self._gain = gain

    def forward(self, log_mel: Tensor) -> Tensor:
        """(B, F, N) -> the same shape."""
        clips, _, frames = log_mel.shape
        ends = self._gain * (2 * torch.rand(2, clips, 1, device=log_mel.device) - 1)
        share = torch.linspace(0, 1, frames, device=log_mel.device)
        line = ends[0] + (ends[1] - ends[0]) * share  # (B, N)
        return log_mel + line[:, None].to(log_mel.dtype)


def post_normalised(log_mel: Tensor) -> Tensor:
    """A batch of any shape less its mean and over its deviation (IJCNN 2021, section III-A)."""
    return (log_mel - log_mel.mean()) / log_mel.std().clamp_min(1e-6)
