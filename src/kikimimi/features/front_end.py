"""Log-mel spectrograms of batches of waveforms, wherever the batch lies.

On the CPU the NumPy path is several times as fast as torch's; on another device the torch module
does the same there, without a copy back. Neither gives gradients for the samples.
"""

import torch
from torch import Tensor

from kikimimi.features.config import LogMelConfig
from kikimimi.features.logmel import LogMel
from kikimimi.features.torch_logmel import TorchLogMel


class FrontEnd:
    """(B, T) samples -> (B, F, N) log-mel, on the device of the samples."""

    def __init__(self, config: LogMelConfig) -> None:
        self.config = config
        self._on_cpu = LogMel(config)
        self._elsewhere: dict[torch.device, TorchLogMel] = {}

    @torch.no_grad()
    def __call__(self, samples: Tensor) -> Tensor:
        """Log-mel spectrograms of a batch.

        Raises:
            AudioError: there are no samples.
        """
        if samples.device.type == "cpu":
            return torch.from_numpy(self._on_cpu(samples.numpy()))
        if samples.device not in self._elsewhere:
            self._elsewhere[samples.device] = TorchLogMel(self.config).to(samples.device)
        return self._elsewhere[samples.device](samples)
