"""A network of waveforms and one of spectrograms learn to agree on what belongs together.

Wang, Luc, Recasens, Alayrac and van den Oord, "Multimodal self-supervised learning of general audio
representations", 2021, section 2, and Wang and van den Oord, "Multi-format contrastive learning of
audio representations", 2020: a waveform and a log-mel spectrogram of the same recording are
positives, those of other recordings negatives. Axes: B clips, D embedding size.
"""

import math
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor

from kikimimi.errors import ConfigError
from kikimimi.networks.contract import Network
from kikimimi.networks.registry import config_type, create_network
from kikimimi.pretraining.byol_a import perceptron
from kikimimi.pretraining.losses import contrastive_agreement
from kikimimi.pretraining.method import Examples, Method, Setting, register
from kikimimi.training.config import build


@dataclass(frozen=True, slots=True)
class WaveformAgreementConfig:
    """Settings."""

    waveform_network: str = "acdnet"
    """A registered network that hears samples."""
    waveform_options: dict[str, Any] = field(default_factory=dict)
    hidden_size: int = 512
    projection_size: int = 128
    temperature: float = 0.1
    crops: Literal["two", "same"] = "two"
    """Whether the networks hear two crops of a clip, or one and the same."""

    def __post_init__(self) -> None:
        if not 0 < self.temperature < math.inf:
            raise ConfigError(f"temperature must be above 0, but is {self.temperature}")


@register("waveform_agreement")
class WaveformAgreement(Method):
    """The spectrogram network is kept; the waveform network is there to teach it."""

    Config = WaveformAgreementConfig
    title = "Waveform-spectrogram agreement"
    paper = (
        "Wang and van den Oord, Multi-format contrastive learning of audio representations, 2020"
    )
    views = 2

    inverse_temperature: Tensor

    def __init__(self, config: WaveformAgreementConfig, network: Network, setting: Setting) -> None:
        super().__init__(network)
        self._same_crop = config.crops == "same"
        self.waveform_network = _waveform_network(config)
        self.projector, self.waveform_projector = (
            perceptron(each.embedding_size, config.hidden_size, config.projection_size)
            for each in (network, self.waveform_network)
        )
        temperature = torch.tensor(1 / config.temperature)
        self.register_buffer("inverse_temperature", temperature, persistent=False)

    def losses(self, examples: Examples) -> dict[str, Tensor]:
        """Cross-entropy of finding a clip's spectrogram by its waveform, and the reverse."""
        samples = examples.samples[:, 1]
        log_mel = examples.log_mel[:, 1 if self._same_crop else 0]
        loss = contrastive_agreement(
            self.projector(self.network(log_mel)),
            self.waveform_projector(self.waveform_network(samples)),
            self.inverse_temperature,
        )
        return {"loss": loss}


def _waveform_network(config: WaveformAgreementConfig) -> Network:
    name = config.waveform_network
    sizes = build(config_type(name), config.waveform_options, where=f"network '{name}'")
    network = create_network(name, sizes)
    if network.input_kind != "waveform":
        raise ConfigError(
            f"waveform_network: '{name}' hears {network.input_kind}; name one that hears waveforms"
        )
    return network
