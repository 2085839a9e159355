"""A shallow transformer that fills in masked patches from the visible ones.

Axes: B clips, P patches in bands x times, V visible ones, D features of the encoder, H of the
decoder, E values that are predicted for a patch.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from kikimimi.errors import ConfigError
from kikimimi.networks.transformer import TransformerLayer, grid_positions


@dataclass(frozen=True, slots=True)
class PatchDecoderConfig:
    """Sizes; `width` is a multiple of 4 and of `heads`."""

    width: int = 384
    depth: int = 4
    heads: int = 6

    def __post_init__(self) -> None:
        if min(self.width, self.depth, self.heads) < 1 or self.width % 4 or self.width % self.heads:
            raise ConfigError(
                f"decoder: width {self.width} must be a multiple of 4 and of {self.heads} heads, "
                "and all sizes 1 or more"
            )


class PatchDecoder(nn.Module):
    """Puts a learnt token at every masked place, adds positions, attends, predicts.

    He et al., "Masked autoencoders are scalable vision learners", CVPR 2022, section 3.
    """

    def __init__(self, config: PatchDecoderConfig, *, inputs: int, outputs: int) -> None:
        super().__init__()
        width = config.width
        self.enter = nn.Linear(inputs, width)
        self.mask_token = nn.Parameter(nn.init.normal_(torch.empty(width), std=0.02))
        self.layers = nn.Sequential(
            *(
                TransformerLayer(width, config.heads, 4 * width, dropout=0.0)
                for _ in range(config.depth)
            )
        )
        self.norm = nn.LayerNorm(width)
        self.leave = nn.Linear(width, outputs)

    def forward(self, tokens: Tensor, visible: Tensor, grid: tuple[int, int]) -> Tensor:
        """Predict every patch.

        Args:
            tokens: features of the visible patches, (B, V, D).
            visible: their numbers, (B, V).
            grid: (bands, times).

        Returns:
            (B, P, E).
        """
        entered = self.enter(tokens)  # (B, V, H)
        clips, _, width = entered.shape
        places = visible.unsqueeze(2).expand(-1, -1, width)
        empty = self.mask_token.to(entered.dtype).expand(clips, grid[0] * grid[1], -1)
        filled = empty.scatter(1, places, entered)
        positions = grid_positions(*grid, width, entered)
        return self.leave(self.norm(self.layers(filled + positions)))
