"""VGGish: the VGG-like network that AudioSet's features were made with.

Hershey et al., "CNN architectures for large-scale audio classification", ICASSP 2017. Patches of 96
frames go through four groups of 3 x 3 convolutions, each followed by max pooling, and three fully
connected layers. Parts are named and ordered as in the widely used torch port, so that its
checkpoints fit: kernels are (time, frequency), and maps are flattened with the channels last.

Axes: B clips, P patches, F mel bands, N mel frames, C channels.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from kikimimi.errors import ConfigError
from kikimimi.networks.contract import Network, NetworkConfig
from kikimimi.networks.registry import register

PATCH_FRAMES = 96
LAYER_NAMES = (
    *("conv1", "pool1", "conv2", "pool2"),
    *("conv3_1", "conv3_2", "pool3", "conv4_1", "conv4_2", "pool4"),
    *("fc1_1", "fc1_2", "fc2"),
)
"""Every convolution and fully connected layer after its ReLU, and every pooling."""

_CONVOLUTIONS = (1, 1, 2, 2)
_POOLING = 2 ** len(_CONVOLUTIONS)


@dataclass(frozen=True, slots=True)
class VggishConfig(NetworkConfig):
    """Sizes; the standard ones are the paper's.

    Attributes:
        channels: of the four groups of convolutions.
        hidden: units of the first two fully connected layers.
        embedding_size: units of the last one.
        n_mels: bands F, a multiple of 16.
    """

    channels: tuple[int, int, int, int] = (64, 128, 256, 512)
    hidden: int = 4096
    embedding_size: int = 128
    n_mels: int = 64

    def check(self) -> None:
        """Four poolings halve the bands.

        Raises:
            ConfigError: they cannot.
        """
        self.require(self.n_mels % _POOLING == 0, f"n_mels must be a multiple of {_POOLING}")


@register("vggish")
class Vggish(Network):
    """Patches of 96 frames, one embedding each; mean over the patches.

    A sound shorter than a patch is filled up with zeros, what is left over at the end of a longer
    one is left out. 72,141,184 parameters; 4.32 GMAC for 5 s (64 x 500).
    """

    Config = VggishConfig
    input_kind = "log_mel"
    paper = "Hershey et al., CNN architectures for large-scale audio classification, ICASSP 2017"

    def __init__(self, config: VggishConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding_size = config.embedding_size
        layers: list[nn.Module] = []
        inputs = 1
        for channels, count in zip(config.channels, _CONVOLUTIONS, strict=True):
            for _ in range(count):
                layers += [nn.Conv2d(inputs, channels, 3, padding=1), nn.ReLU(inplace=True)]
                inputs = channels
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        size = inputs * (PATCH_FRAMES // _POOLING) * (config.n_mels // _POOLING)
        self.embeddings = nn.Sequential(
            *(nn.Linear(size, config.hidden), nn.ReLU(inplace=True)),
            *(nn.Linear(config.hidden, config.hidden), nn.ReLU(inplace=True)),
            *(nn.Linear(config.hidden, config.embedding_size), nn.ReLU(inplace=True)),
        )

    def frames(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, P, D), one embedding for 96 frames."""
        patches = self._patches(x)  # (B, P, 96, F)
        return self.embed_patches(patches.flatten(0, 1)).unflatten(0, patches.shape[:2])

    def forward(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, D)."""
        return self.frames(x).mean(dim=1)

    def embed_patches(self, patches: Tensor) -> Tensor:
        """Log-mel patches (P, 96, F) -> (P, D)."""
        return self.embeddings(self._flat(self.features(patches.unsqueeze(1))))

    def layer_maps(self, patches: Tensor) -> Iterator[tuple[str, Tensor]]:
        """(P, 96, F) -> each of `LAYER_NAMES` with its map (P, C_l, N_l, F_l), entry first."""
        names = iter(LAYER_NAMES)
        maps = patches.unsqueeze(1)
        for layer in self.features:
            maps = layer(maps)
            if not isinstance(layer, nn.Conv2d):
                yield next(names), maps
        rows = self._flat(maps)
        for layer in self.embeddings:
            rows = layer(rows)
            if not isinstance(layer, nn.Linear):
                yield next(names), rows[:, :, None, None]

    def _flat(self, maps: Tensor) -> Tensor:
        return maps.permute(0, 2, 3, 1).flatten(1)

    def _patches(self, x: Tensor) -> Tensor:
        if x.ndim != 3 or x.shape[1] != self.config.n_mels:
            raise ConfigError(
                f"the network takes log-mel spectrograms (B, {self.config.n_mels}, N), but got "
                f"shape {tuple(x.shape)}; give n_mels of the front end to the network too"
            )
        if x.shape[2] < PATCH_FRAMES:
            x = functional.pad(x, (0, PATCH_FRAMES - x.shape[2]))
        return x.unfold(2, PATCH_FRAMES, PATCH_FRAMES).permute(0, 2, 3, 1)
