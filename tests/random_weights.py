"""Random weights in the published layouts, so that encoders load as they would for a user."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import h5py
import pytest
import torch
from torch import Tensor, nn

from kikimimi.encoders.published.encoder import PublishedEncoder
from kikimimi.networks.mobilenet import MobileNetConfig, MobileNetV3
from kikimimi.networks.openl3 import OpenL3, OpenL3Config
from kikimimi.networks.panns import Cnn14, Cnn14Config
from kikimimi.networks.vggish import Vggish, VggishConfig

State = dict[str, Tensor]


def randomise(network: nn.Module, seed: int = 0) -> nn.Module:
    """Weights that keep the size of signals, and batch normalisation that does something."""
    generator = torch.Generator().manual_seed(seed)
    norms = {
        f"{name}.weight"
        for name, module in network.named_modules()
        if isinstance(module, nn.modules.batchnorm._BatchNorm)
    }
    with torch.no_grad():
        for name, value in network.state_dict().items():
            if not value.is_floating_point():
                continue
            if value.ndim > 1:
                bound = (6 / value[0].numel()) ** 0.5
                value.uniform_(-bound, bound, generator=generator)
            elif name in norms or name.endswith("running_var"):
                value.uniform_(0.5, 1.5, generator=generator)
            else:
                value.normal_(0, 0.1, generator=generator)
    return network


def save_random_weights(encoder: PublishedEncoder, folder: Path, seed: int = 0) -> Path:
    """Write the published file of an encoder into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    state = randomise(encoder.build(), seed).state_dict()
    path = folder / encoder.card.source.file_name
    published = PUBLISHED[encoder.card.name](state)
    if path.suffix == ".h5":
        save_keras_h5(path, published)
    else:
        torch.save(published, path)
    return path


def narrow(encoder_type: type[PublishedEncoder], patch: pytest.MonkeyPatch) -> None:
    """Give the largest networks few channels, and so embeddings of another size.

    What the contract asks for does not depend on the width; hundreds of megabytes would be written
    and read for nothing. The full sizes are counted by `test_card_counts_the_parameters`.
    """
    name = encoder_type.card.name
    if name in _NARROW:
        build, size = _NARROW[name]
        patch.setattr(encoder_type, "build", lambda _: build())
        patch.setattr(encoder_type, "card", replace(encoder_type.card, embedding_size=size))


def save_keras_h5(path: Path, layers: Mapping[str, Tensor]) -> None:
    """A weights file as Keras 1 and 2 write it, from arrays by `<layer>/<weight>`."""
    with h5py.File(path, "w") as file:
        names: dict[str, list[str]] = {}
        for name, value in layers.items():
            layer = name.partition("/")[0]
            names.setdefault(layer, []).append(f"{name}:0")
            file.create_dataset(f"{layer}/{name}:0", data=value.numpy())
        file.attrs["layer_names"] = [layer.encode() for layer in names]
        for layer, weights in names.items():
            file[layer].attrs["weight_names"] = [weight.encode() for weight in weights]


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


def _efficient_at(state: State) -> Any:
    parts = (
        ("network.blocks.", "features."),
        (".branch.", ".block."),
        (".squeeze.", ".conc_se_layers.0.fc1."),
        (".excite.", ".conc_se_layers.0.fc2."),
        ("hidden.", "classifier.2."),
    )
    return {_renamed(name, parts): value for name, value in state.items()}


def _renamed(name: str, parts: tuple[tuple[str, str], ...]) -> str:
    if name.startswith("classifier."):
        return name.replace("classifier.", "classifier.5.")
    for ours, published in parts:
        name = name.replace(ours, published)
    return name


def _wav2clip(state: State) -> Any:
    parts = (("network.", "audio_encoder."), ("transform.", "audio_transform."))
    unread = {"audio_encoder.spectrogram.window": torch.zeros(512)}
    return {_renamed(name, parts): value for name, value in state.items()} | unread


def _torchopenl3(state: State) -> Any:
    found: State = {"speclayer.mel_basis": torch.zeros(256, 1025)}
    for name, value in state.items():
        stack, number, weight = name.split(".")
        kind = {"convs": "conv2d", "norms": "batch_normalization"}[stack]
        layer = f"{kind}_{int(number) + 1}"
        found[f"{'audio_embedding_layer' if layer == 'conv2d_8' else layer}.{weight}"] = value
    return found


_KERAS_PARTS = {
    "conv": "conv",
    "bn": "bn",
    "expand.conv": "expand_conv",
    "expand.bn": "expand_bn",
    "depthwise.conv": "dwconv",
    "depthwise.bn": "bn",
    "se.squeeze": "se_reduce",
    "se.excite": "se_expand",
    "project": "project_conv",
    "block bn": "project_bn",
}
_KERAS_WEIGHTS = {"running_mean": "moving_mean", "running_var": "moving_variance"}


def _keras_efficientnet(state: State) -> Any:
    found: State = {
        "normalization/mean": torch.zeros(1),
        "normalization/variance": torch.ones(1),
        "normalization/count": torch.tensor(0),
    }
    for name, value in state.items():
        if not name.endswith("num_batches_tracked"):
            block, _, part = name.rpartition(".")[0].partition(".")
            kind = "block bn" if block.startswith("block") and part == "bn" else part
            layer = f"{block}_{_KERAS_PARTS[kind]}"
            weight, array = _keras_weight(layer, name.rpartition(".")[2], value)
            found[f"{layer}/{weight}"] = array * 255 if layer == "stem_conv" else array
    return found


def _keras_weight(layer: str, weight: str, value: Tensor) -> tuple[str, Tensor]:
    if layer.endswith("bn"):
        names = {"weight": "gamma", "bias": "beta"} | _KERAS_WEIGHTS
        return names[weight], value
    if weight == "bias":
        return weight, value
    if "_se_" in layer:
        return "kernel", value.T[None, None]
    depthwise = layer.endswith("dwconv")
    axes = (2, 3, 0, 1) if depthwise else (2, 3, 1, 0)
    return "depthwise_kernel" if depthwise else "kernel", value.permute(*axes)


PUBLISHED: dict[str, Callable[[State], Any]] = {
    "vggish": _torchvggish,
    "yamnet": _torch_audioset,
    "cnn14": _panns,
    "cnn10": _panns,
    "cnn6": _panns,
    "cola": _keras_efficientnet,
    "mn04_as": _efficient_at,
    "mn10_as": _efficient_at,
    "mn40_as": _efficient_at,
    "openl3_env_512": _torchopenl3,
    "openl3_env_6144": _torchopenl3,
    "openl3_music_512": _torchopenl3,
    "openl3_music_6144": _torchopenl3,
    "wav2clip": _wav2clip,
}
"""From the state of our network to what the published file of an encoder holds."""


def _narrow_cnn14() -> nn.Module:
    network = Cnn14(Cnn14Config(channels=(8, 8, 8, 16, 16, 32)))
    return nn.ModuleDict({"network": network, "fc_audioset": nn.Linear(32, 527)})


def _narrow_vggish() -> nn.Module:
    return Vggish(VggishConfig(channels=(8, 8, 16, 16), hidden=32))


def _narrow_mn40() -> nn.Module:
    network = MobileNetV3(MobileNetConfig(0.2, gate="sigmoid", norm_epsilon=1e-3))
    size = network.embedding_size
    return nn.ModuleDict(
        {"network": network, "hidden": nn.Linear(size, 32), "classifier": nn.Linear(32, 527)}
    )


def _narrow_openl3(pool: tuple[int, int]) -> nn.Module:
    return OpenL3(OpenL3Config(channels=(8, 8, 8, 16), pool=pool))


_SMALL_OPENL3 = (partial(_narrow_openl3, (32, 24)), 16)
_LARGE_OPENL3 = (partial(_narrow_openl3, (8, 8)), 192)
_NARROW: dict[str, tuple[Callable[[], nn.Module], int]] = {
    "cnn14": (_narrow_cnn14, 32),
    "vggish": (_narrow_vggish, 128),
    "mn40_as": (_narrow_mn40, 192),
    "openl3_env_512": _SMALL_OPENL3,
    "openl3_env_6144": _LARGE_OPENL3,
    "openl3_music_512": _SMALL_OPENL3,
    "openl3_music_6144": _LARGE_OPENL3,
}
"""A narrow network in place of the full one, and the size of its embedding."""
