"""The trained vocoder as a folder of weights.

Axes: F mel bands, N frames, R random numbers of a frame, T samples.
"""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from kikimimi.encoders.model_card import model_card
from kikimimi.encoders.weights import load_weights, read_config, save_weights
from kikimimi.errors import ConfigError, EncoderError, GenerationError
from kikimimi.generation.mel import GENERATION_MEL
from kikimimi.generation.vocoder.checks import checked_log_mel, wrapped
from kikimimi.generation.vocoder.config import VocoderConfig
from kikimimi.paths import display_path
from kikimimi.training.typed_values import build
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from kikimimi.generation.vocoder.network import VocoderNetwork

FORMAT = "kikimimi-vocoder-1"


class NeuralVocoder:
    """A vocoder from a folder; see `kikimimi.generation.vocoder.contract.Vocoder`.

    Constructing it is free, `load` reads the weights; the first call does so by itself.

    Args:
        folder: where `config.json` and `model.safetensors` are.

    Raises:
        GenerationError: there is no vocoder, or its configuration is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().absolute()
        where = display_path(self.folder / "config.json")
        try:
            values = read_config(self.folder)
            if values.get("format") != FORMAT:
                raise GenerationError(f"{where}: no vocoder of Kikimimi; give another folder")
            if values["front_end"] != GENERATION_MEL.to_dict():
                raise GenerationError(
                    f"{where}: the vocoder was trained on other spectrograms than this Kikimimi "
                    "makes; train it again"
                )
            self.config = build(VocoderConfig, values["network"], where=where)
            self.licence, self._name = str(values["licence"]), str(values["name"])
            self.weights_digest = str(values["weights_sha256"])
        except (KeyError, TypeError, ConfigError, EncoderError) as error:
            raise GenerationError(f"{where}: damaged ({error}); get the vocoder again") from None
        self._network: VocoderNetwork | None = None

    @property
    def name(self) -> str:
        """Name of exactly these weights, `name@digest`."""
        return f"{self._name}@{self.weights_digest[:16]}"

    def load(self) -> Self:
        """Read the weights, once.

        Raises:
            GenerationError: they are missing or damaged.
        """
        if self._network is None:
            from kikimimi.generation.vocoder.network import VocoderNetwork

            network = VocoderNetwork(self.config)
            try:
                load_weights(self.folder, network, sha256=self.weights_digest)
            except EncoderError as error:
                raise GenerationError(str(error)) from None
            self._network = network.eval().requires_grad_(requires_grad=False)
        return self

    def __call__(self, log_mel: FloatArray, *, seed: int = 0, loop: bool = False) -> FloatArray:
        """Samples of a log-mel spectrogram, as the contract says."""
        self.load()
        if self._network is None:
            raise GenerationError(f"vocoder '{self._name}' is not loaded; call load() first")
        return vocoded(self._network, log_mel, seed=seed, loop=loop)


def vocoded(
    network: "VocoderNetwork", log_mel: FloatArray, *, seed: int, loop: bool = False
) -> FloatArray:
    """Samples ((N - 1) * 256,) that a network makes of a log-mel spectrogram (F, N).

    Raises:
        GenerationError: the spectrogram has another shape, or values that are not finite.
    """
    import torch

    values = checked_log_mel(log_mel)
    shape = (network.config.noise, values.shape[1])
    noise = np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)
    margin = network.config.reach if loop else 0
    if loop:
        values, noise = wrapped(values, margin), wrapped(noise, margin)
    device = next(network.parameters()).device
    with torch.inference_mode():
        inputs = (torch.from_numpy(each)[None].to(device) for each in (values, noise))
        samples: FloatArray = network(*inputs)[0].cpu().numpy()
    cut = margin * GENERATION_MEL.hop_length
    return samples[cut : len(samples) - cut]


def save_vocoder(
    folder: Path,
    network: "VocoderNetwork",
    *,
    name: str,
    licence: str,
    facts: Mapping[str, str],
) -> None:
    """Write the folder of a vocoder, its weights in half precision.

    Args:
        folder: it need not exist.
        network: with its weights.
        name: of the vocoder.
        licence: of the weights.
        facts: rows of the card.

    Raises:
        OSError: the folder cannot be written.
    """
    tensors = {key: value.detach().cpu().half() for key, value in network.state_dict().items()}
    config: dict[str, Any] = {
        "format": FORMAT,
        "name": name,
        "licence": licence,
        "network": asdict(network.config),
        "front_end": GENERATION_MEL.to_dict(),
    }
    rows = {
        "method": "ConvNeXt blocks with an inverse Fourier transform, trained adversarially",
        "paper": "Siuzdak, Vocos, ICLR 2024",
        "licence of the weights": licence,
        "parameters": f"{sum(each.numel() for each in network.parameters()):,}",
        "input": "80 mel bands at 16 kHz every 16 ms, natural logarithms of magnitudes",
        **facts,
    }
    about = "A vocoder for environmental sounds, trained with Kikimimi."
    save_weights(folder, tensors, config, card=model_card(name, about, rows))
