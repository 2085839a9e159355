"""The audio subnetwork of OpenL3.

Cramer et al., "Look, listen, and learn more: design choices for deep audio embeddings", ICASSP
2019. Four pairs of 3 x 3 convolutions, the first three followed by max pooling; what is left of a
patch is pooled once more and laid out as one vector, band by band, then time by time, channels
innermost.

Axes: B clips, P patches, F mel bands, N mel frames, C channels, F' and N' what pooling leaves.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from kikimimi.networks.contract import Network, NetworkConfig
from kikimimi.networks.layers import Pair, as_maps, last_map
from kikimimi.networks.registry import register

_POOLED_BLOCKS = 3
_EPSILON = 1e-3

LAYER_NAMES = (
    *("conv1_1", "conv1_2", "pool1", "conv2_1", "conv2_2", "pool2"),
    *("conv3_1", "conv3_2", "pool3", "conv4_1", "conv4_2"),
)
"""Convolutions after their ReLU (the last one has none), and poolings."""


@dataclass(frozen=True, slots=True)
class OpenL3Config(NetworkConfig):
    """Sizes; the standard ones are those of mel256 with 512-d embeddings.

    Attributes:
        channels: of the four pairs of convolutions.
        pool: bands and frames of the last map that are pooled together; (8, 8) gives 6144-d.
        n_mels: bands F.
        patch_frames: frames of a patch, one second in the original.
    """

    channels: tuple[int, int, int, int] = (64, 128, 256, 512)
    pool: Pair = (32, 24)
    n_mels: int = 256
    patch_frames: int = 199

    def check(self) -> None:
        """A patch must fill the last pooling.

        Raises:
            ConfigError: it does not.
        """
        bands, frames = self.last_map()
        fits = self.pool[0] <= bands and self.pool[1] <= frames
        self.require(
            fits,
            f"pool must be at most {bands} x {frames}, which n_mels and patch_frames leave",
        )

    def last_map(self) -> Pair:
        """Bands and frames of the last map."""
        return self.n_mels >> _POOLED_BLOCKS, self.patch_frames >> _POOLED_BLOCKS


@register("openl3")
class OpenL3(Network):
    """Patches of one second, one embedding each; mean over the patches.

    A sound shorter than a patch is filled up with zeros, what is left over at the end of a longer
    one is left out. 4,687,042 parameters; 10.2 GMAC for a patch (256 x 199).
    """

    Config = OpenL3Config
    input_kind = "log_mel"
    paper = "Cramer et al., Look, listen, and learn more, ICASSP 2019"

    def __init__(self, config: OpenL3Config) -> None:
        super().__init__()
        self.config = config
        bands, frames = config.last_map()
        cells = (bands // config.pool[0]) * (frames // config.pool[1])
        self.embedding_size = config.channels[-1] * cells
        self.norms = nn.ModuleList([nn.BatchNorm2d(1, eps=_EPSILON)])
        self.convs = nn.ModuleList()
        inputs = 1
        for outputs in (channels for channels in config.channels for _ in range(2)):
            self.convs.append(nn.Conv2d(inputs, outputs, 3, padding=1))
            self.norms.append(nn.BatchNorm2d(outputs, eps=_EPSILON))
            inputs = outputs
        del self.norms[-1]  # the last convolution is the embedding, as it is

    def frames(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, P, D), one embedding for a patch."""
        patches = self._patches(x)  # (B, P, F, patch_frames)
        return self.embed_patches(patches.flatten(0, 1)).unflatten(0, patches.shape[:2])

    def forward(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, D)."""
        return self.frames(x).mean(dim=1)

    def embed_patches(self, patches: Tensor) -> Tensor:
        """Log-mel patches (P, F, patch_frames) -> (P, D)."""
        maps = last_map(self._maps(patches))
        return functional.max_pool2d(maps, self.config.pool).permute(0, 2, 3, 1).flatten(1)

    def layer_maps(self, patches: Tensor) -> Iterator[tuple[str, Tensor]]:
        """(P, F, patch_frames) -> each of `LAYER_NAMES` with its map (P, C_l, N_l, F_l)."""
        for name, maps in self._maps(patches):
            yield name, maps.transpose(2, 3)

    def _maps(self, patches: Tensor) -> Iterator[tuple[str, Tensor]]:
        """Each of `LAYER_NAMES` with its map (P, C_l, F_l, N_l), entry first."""
        names = iter(LAYER_NAMES)
        maps = self.norms[0](as_maps(patches, self.config.n_mels))
        for number, conv in enumerate(self.convs, start=1):
            maps = conv(maps)
            if number < len(self.convs):
                maps = functional.relu(self.norms[number](maps), inplace=True)
            yield next(names), maps
            if number % 2 == 0 and number <= 2 * _POOLED_BLOCKS:
                maps = functional.max_pool2d(maps, 2)
                yield next(names), maps

    def _patches(self, x: Tensor) -> Tensor:
        as_maps(x, self.config.n_mels)
        size = self.config.patch_frames
        x = functional.pad(x, (0, max(0, size - x.shape[2])))
        return x.unfold(2, size, size).permute(0, 2, 1, 3)
