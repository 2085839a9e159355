"""A spectrogram transformer whose positions come with its weights.

Axes: P = bands x times patches, D features of a patch.
"""

import torch
from torch import Tensor

from kikimimi.networks.spectrogram_vit import SpectrogramVit, SpectrogramVitConfig
from kikimimi.networks.transformer import grid_positions


class StoredPositionsVit(SpectrogramVit):
    """`SpectrogramVit` for at most `times` patches of time, with their positions in a buffer.

    Published weights bring their positions along, so that no convention has to be guessed. They
    start as sinusoids.
    """

    position_table: Tensor

    def __init__(self, config: SpectrogramVitConfig, *, times: int) -> None:
        super().__init__(config)
        self.times = times
        sinusoids = grid_positions(self.bands, times, config.width, torch.empty(0))
        self.register_buffer("position_table", sinusoids.unflatten(0, (self.bands, times)))

    def positions(self, bands: int, times: int) -> Tensor:
        """The first `times` of the stored positions of each band: (bands * times, D)."""
        return self.position_table[:, :times].flatten(0, 1)
