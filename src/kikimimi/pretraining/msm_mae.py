"""MSM-MAE: a masked auto-encoder of spectrograms.

Niizumi et al., "Masked spectrogram modeling using masked autoencoders for learning general-purpose
audio representation", HEAR 2021 (PMLR 166, 2022). Axes: B clips, F mel bands, N frames, P patches.
"""

from dataclasses import dataclass, field

from torch import Tensor

from kikimimi.errors import ConfigError
from kikimimi.networks.contract import Network
from kikimimi.networks.spectrogram_vit import SpectrogramVit
from kikimimi.pretraining.losses import masked_patch_mse
from kikimimi.pretraining.masking import chosen, divide_patches
from kikimimi.pretraining.method import Examples, Method, Setting, register
from kikimimi.pretraining.patch_decoder import PatchDecoder, PatchDecoderConfig


@dataclass(frozen=True, slots=True)
class MsmMaeConfig:
    """Settings of the paper."""

    mask_ratio: float = 0.75
    decoder: PatchDecoderConfig = field(default_factory=PatchDecoderConfig)

    def __post_init__(self) -> None:
        check_mask_ratio(self.mask_ratio)


@register("msm_mae")
class MsmMae(Method):
    """The encoder sees the visible patches; a decoder tells what the masked ones hold."""

    Config = MsmMaeConfig
    title = "MSM-MAE"
    paper = "Niizumi et al., Masked spectrogram modeling using masked autoencoders, HEAR 2022"

    network: SpectrogramVit

    def __init__(self, config: MsmMaeConfig, network: Network, setting: Setting) -> None:
        super().__init__(patch_network(network))
        self.config = config
        height, length = self.network.config.patch
        self.decoder = PatchDecoder(
            config.decoder, inputs=self.network.config.width, outputs=height * length
        )

    def losses(self, examples: Examples) -> dict[str, Tensor]:
        """Squared error of the masked patches, each normalised by its own mean and deviation."""
        log_mel = examples.log_mel[:, 0]
        patches = self.network.patches(log_mel)
        clips, count, _ = patches.shape
        division = divide_patches(clips, count, self.config.mask_ratio, device=log_mel.device)
        tokens = self.network.encode(log_mel, division.visible)
        predicted = self.decoder(tokens, division.visible, self.network.grid(log_mel))
        masked = chosen(patches, division.masked)
        return {"loss": masked_patch_mse(chosen(predicted, division.masked), masked)}


def patch_network(network: Network) -> SpectrogramVit:
    """The network, which must see single patches.

    Raises:
        ConfigError: it does not.
    """
    if not isinstance(network, SpectrogramVit):
        raise ConfigError(
            "masking needs a network that can see some patches only; name spectrogram_vit"
        )
    return network


def check_mask_ratio(ratio: float) -> None:
    """Check a share of masked patches.

    Raises:
        ConfigError: it is not between 0 and 1.
    """
    if not 0 < ratio < 1:
        raise ConfigError(f"mask_ratio must lie between 0 and 1, but is {ratio}")
