"""Vision transformer over the patches of a spectrogram, which can see only some of them.

Axes: B clips, F mel bands, N frames, P = bands x times patches of p_f x p_t, V visible patches,
D features of a patch.
"""

from dataclasses import dataclass
from math import prod

from torch import Tensor, nn
from torch.nn import functional

from kikimimi.networks.contract import Network, NetworkConfig
from kikimimi.networks.layers import as_maps
from kikimimi.networks.registry import register
from kikimimi.networks.transformer import ClassToken, TransformerLayer, grid_positions


@dataclass(frozen=True, slots=True)
class SpectrogramVitConfig(NetworkConfig):
    """Sizes; the standard ones are ViT-base. `SIZES` has the others.

    Attributes:
        n_mels: mel bands F of the input, a multiple of the bands of a patch.
        patch: bands and frames of a patch.
        width: features D of a patch, a multiple of 4.
        depth: transformer layers.
        heads: of the attention; they divide `width`.
        mlp_ratio: hidden units of the feed-forward layers for each feature.
        norm_eps: added to the variance by the normalisations.
        class_token: put a learnt token before the patches; it takes part in the attention and is
            left out of what `encode` gives.
    """

    n_mels: int = 80
    patch: tuple[int, int] = (16, 16)
    width: int = 768
    depth: int = 12
    heads: int = 12
    mlp_ratio: int = 4
    norm_eps: float = 1e-6
    class_token: bool = False

    def check(self) -> None:
        """Patches fill the bands; heads and the four parts of a position divide the width.

        Raises:
            ConfigError: they do not.
        """
        bands, heads = self.patch[0], self.heads
        self.require(
            self.n_mels % bands == 0,
            f"n_mels must be a multiple of the {bands} bands of a patch, but is {self.n_mels}",
        )
        self.require(
            self.width % heads == 0,
            f"width must be a multiple of {heads} heads, but is {self.width}",
        )
        self.require(self.width % 4 == 0, f"width must be a multiple of 4, but is {self.width}")


SIZES = {
    "tiny": SpectrogramVitConfig(width=192, heads=3),
    "small": SpectrogramVitConfig(width=384, heads=6),
    "base": SpectrogramVitConfig(),
}
"""The sizes of Touvron et al., "Training data-efficient image transformers", 2021, by name."""


@register("spectrogram_vit")
class SpectrogramVit(Network):
    """Patches of 16 x 16 without overlap, fixed positions, transformer layers, normalisation.

    A last patch that the sound does not fill is filled with zeros, the mean of a normalised
    spectrogram. 85,244,160 parameters (5.4 million in size tiny, 21.4 million in size small).
    """

    Config = SpectrogramVitConfig
    input_kind = "log_mel"
    paper = (
        "Niizumi et al., Masked spectrogram modeling using masked autoencoders, HEAR 2022; "
        "Niizumi et al., Masked modeling duo, ICASSP 2023"
    )

    def __init__(self, config: SpectrogramVitConfig) -> None:
        super().__init__()
        self.config = config
        self.bands = config.n_mels // config.patch[0]
        self.embedding_size = self.bands * config.width
        self.embed = nn.Linear(prod(config.patch), config.width)
        self.class_token = ClassToken(config.width) if config.class_token else None
        self.layers = nn.ModuleList(
            TransformerLayer(
                config.width,
                config.heads,
                config.mlp_ratio * config.width,
                dropout=0.0,
                norm_eps=config.norm_eps,
            )
            for _ in range(config.depth)
        )
        self.norm = nn.LayerNorm(config.width, eps=config.norm_eps)
        self.apply(_initialise)

    def grid(self, x: Tensor) -> tuple[int, int]:
        """How many patches (B, F, N) has: (bands, times)."""
        return self.bands, -(-x.shape[2] // self.config.patch[1])

    def patches(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, P, p_f p_t), band by band, times fastest; in a patch frames fastest.

        Raises:
            ConfigError: the shape is another one, or F is not `n_mels`.
        """
        maps = as_maps(x, self.config.n_mels)[:, 0]
        bands, times = self.grid(x)
        height, length = self.config.patch
        maps = functional.pad(maps, (0, times * length - x.shape[2]))
        cells = maps.unflatten(2, (times, length)).unflatten(1, (bands, height))
        return cells.transpose(2, 3).flatten(3).flatten(1, 2)

    def positions(self, bands: int, times: int) -> Tensor:
        """What tells the place of each patch, in the order of `patches`: (P, D)."""
        return grid_positions(bands, times, self.config.width, self.embed.weight)

    def encode(self, x: Tensor, visible: Tensor | None = None) -> Tensor:
        """Features of patches after the last layer, in the order of `visible`.

        Args:
            x: normalised log-mel (B, F, N).
            visible: numbers of the patches that each clip shows, (B, V) int64, counted as in
                `patches`; the others take no part. None: all.

        Returns:
            (B, V, D), or (B, P, D) if `visible` is None.
        """
        return self.norm(self._layer_outputs(x, visible)[-1])

    def layer_frames(self, x: Tensor) -> list[Tensor]:
        """What each transformer layer gives, over time: (B, F, N) -> `depth` times as `frames`.

        The last normalisation is not part of any layer.
        """
        times = self.grid(x)[1]
        return [self._over_time(tokens, times) for tokens in self._layer_outputs(x, None)]

    def frames(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, N / p_t, bands D): the bands stacked, the lowest first."""
        return self._over_time(self.encode(x), self.grid(x)[1])

    def forward(self, x: Tensor) -> Tensor:
        """(B, F, N) -> (B, bands D), mean over time."""
        return self.frames(x).mean(dim=1)

    def _layer_outputs(self, x: Tensor, visible: Tensor | None) -> list[Tensor]:
        """The patches, without the class token, after each layer: `depth` times (B, V, D)."""
        patches, places = self.patches(x), self.positions(*self.grid(x)).expand(len(x), -1, -1)
        if visible is not None:
            patches, places = _choose(patches, visible), _choose(places, visible)
        tokens = self.embed(patches) + places
        if self.class_token is not None:
            tokens = self.class_token(tokens)
        outputs = []
        for layer in self.layers:
            tokens = layer(tokens)
            outputs.append(tokens if self.class_token is None else tokens[:, 1:])
        return outputs

    def _over_time(self, tokens: Tensor, times: int) -> Tensor:
        """(B, P, D) -> (B, times, bands D)."""
        return tokens.unflatten(1, (-1, times)).transpose(1, 2).flatten(2)


def _choose(tokens: Tensor, numbers: Tensor) -> Tensor:
    """(B, P, D) at (B, V) -> (B, V, D)."""
    return tokens.gather(1, numbers.unsqueeze(2).expand(-1, -1, tokens.shape[2]))


def _initialise(module: nn.Module) -> None:
    """Weights of linear layers as in He et al., 2022, section A.1: Xavier uniform."""
    if isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
