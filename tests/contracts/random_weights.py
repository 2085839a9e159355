"""Random weights in the published layouts, so that encoders load as they would for a user."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from kikimimi.encoders.published.encoder import PublishedEncoder

State = dict[str, Tensor]


def randomise(network: nn.Module, seed: int = 0) -> nn.Module:
    """Weights that keep the size of signals, and batch normalisation that does something."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in network.state_dict().items():
            if not value.is_floating_point():
                continue
            if value.ndim > 1:
                bound = (6 / value[0].numel()) ** 0.5
                value.uniform_(-bound, bound, generator=generator)
            elif name.endswith(("running_var", "bn.weight", "1.weight", "2.weight", "0.weight")):
                value.uniform_(0.5, 1.5, generator=generator)
            else:
                value.normal_(0, 0.1, generator=generator)
    return network


def save_random_weights(encoder: PublishedEncoder, folder: Path, seed: int = 0) -> Path:
    """Write the published file of an encoder into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    state = randomise(encoder.build(), seed).state_dict()
    path = folder / encoder.card.source.file_name
    torch.save(PUBLISHED[encoder.card.name](state), path)
    return path


def _torchvggish(state: State) -> Any:
    return state


def _torch_audioset(state: State) -> Any:
    return {_fused(name.removeprefix("network.")): value for name, value in state.items()}


def _fused(name: str) -> str:
    return name.replace("layer1.", "layer1.fused.")


def _panns(state: State) -> Any:
    front_end = {
        "spectrogram_extractor.stft.conv_real.weight": torch.zeros(3, 1, 4),
        "logmel_extractor.melW": torch.zeros(3, 64),
    }
    named = {name.removeprefix("network."): value for name, value in state.items()}
    return {"iteration": 600000, "model": front_end | named}


PUBLISHED: dict[str, Callable[[State], Any]] = {
    "vggish": _torchvggish,
    "yamnet": _torch_audioset,
    "cnn14": _panns,
    "cnn10": _panns,
    "cnn6": _panns,
}
"""From the state of our network to what the published file of an encoder holds."""
