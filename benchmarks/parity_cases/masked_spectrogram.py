"""M2D and MSM-MAE against the vision transformer of transformers, at full size.

The checkpoint is written in timm's names, as the published ones are assumed to be.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from kikimimi.encoders.published.m2d import M2dEncoder
from kikimimi.encoders.published.masked_spectrogram import MaskedSpectrogramEncoder
from kikimimi.encoders.published.msm_mae import MsmMaeEncoder
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import M2D
from parity_cases.oracles import some_sounds
from parity_cases.registry import Comparison, MissingOracle, Setting, case

_ORACLE = "transformers (ViTModel), random weights"
_PARTS = {
    "norm1": "layernorm_before",
    "attn.proj": "attention.o_proj",
    "norm2": "layernorm_after",
    "mlp.fc1": "mlp.fc1",
    "mlp.fc2": "mlp.fc2",
}


@case("m2d", oracle=_ORACLE)
def compare_m2d(setting: Setting) -> Iterator[Comparison]:
    """One whole piece of 6.08 s."""
    yield from _compare(setting, M2dEncoder)


@case("msm_mae", oracle=_ORACLE)
def compare_msm_mae(setting: Setting) -> Iterator[Comparison]:
    """One whole piece of 2.08 s."""
    yield from _compare(setting, MsmMaeEncoder)


def _compare(setting: Setting, kind: type[MaskedSpectrogramEncoder]) -> Iterator[Comparison]:
    times = kind.piece_times
    network = _vit(times)
    path = setting.folder / "checkpoint.pth"
    torch.save({"model": _timm_state(network)}, path)
    encoder = kind(path).load()
    clip = some_sounds(1, times * 16 * M2D.hop_length)
    log_mel = torch.from_numpy(LogMel(M2D)(clip))[..., : 16 * times]
    with torch.inference_mode():
        tokens = network(pixel_values=log_mel[:, None]).last_hidden_state[0, 1:]
    frames = tokens.unflatten(0, (-1, times)).transpose(0, 1).flatten(1).numpy()
    yield Comparison("frames", encoder.embed_frames(clip).embeddings[0], frames)
    yield Comparison("embedding", encoder.embed_clips(clip), np.mean(frames, axis=0)[None])


def _vit(times: int) -> Any:
    try:
        import transformers
    except ImportError:
        raise MissingOracle("transformers is not installed") from None
    torch.manual_seed(0)
    config = transformers.ViTConfig(
        image_size=(80, 16 * times), patch_size=16, num_channels=1, layer_norm_eps=1e-6
    )
    network = transformers.ViTModel(config, add_pooling_layer=False).eval()
    for name, parameter in network.named_parameters():
        if name.endswith(("bias", "cls_token", "position_embeddings")):
            torch.nn.init.normal_(parameter, std=0.1)
    return network


def _timm_state(network: Any) -> dict[str, Tensor]:
    state = network.state_dict()
    embeddings = "embeddings.patch_embeddings.projection"
    timm = {
        "cls_token": state["embeddings.cls_token"],
        "pos_embed": state["embeddings.position_embeddings"],
        "patch_embed.proj.weight": state[f"{embeddings}.weight"],
        "patch_embed.proj.bias": state[f"{embeddings}.bias"],
        "norm.weight": state["layernorm.weight"],
        "norm.bias": state["layernorm.bias"],
    }
    for block in range(network.config.num_hidden_layers):
        for kind in ("weight", "bias"):
            parts = [state[f"layers.{block}.attention.{each}_proj.{kind}"] for each in "qkv"]
            timm[f"blocks.{block}.attn.qkv.{kind}"] = torch.cat(parts)
            for ours, theirs in _PARTS.items():
                timm[f"blocks.{block}.{ours}.{kind}"] = state[f"layers.{block}.{theirs}.{kind}"]
    return timm
