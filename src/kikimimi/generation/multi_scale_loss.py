"""`multi_scale_mel` as a loss for training. Axes: B clips, T samples."""

import torch
from torch import Tensor, nn

from kikimimi.features.torch_logmel import TorchLogMel
from kikimimi.generation.multi_scale_mel import scale_configs


class MultiScaleMelLoss(nn.Module):
    """The mean over clips of `multi_scale_mel_l1`; it has no parameters."""

    def __init__(self, sample_rate_hz: int = 16000) -> None:
        super().__init__()
        self.scales = nn.ModuleList(TorchLogMel(config) for config in scale_configs(sample_rate_hz))

    def forward(self, reference: Tensor, made: Tensor) -> Tensor:
        """Distance of (B, T) from (B, T), a scalar."""
        losses = [(scale(made) - scale(reference)).abs().mean() for scale in self.scales]
        return torch.stack(losses).sum()
