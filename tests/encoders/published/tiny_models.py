"""Small random weights in the published layouts, and the encoders over them."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from kikimimi.encoders.published.ast import AstEncoder
from kikimimi.encoders.published.byol_a_v1 import ByolA512
from kikimimi.encoders.published.byol_a_v2 import ByolAV2Encoder
from kikimimi.encoders.published.clap import ClapEncoder
from kikimimi.encoders.published.encoder import PublishedEncoder
from kikimimi.encoders.published.m2d import M2dEncoder
from kikimimi.encoders.published.m2d_clap import M2dClapEncoder
from kikimimi.encoders.published.msm_mae import MsmMaeEncoder
from kikimimi.networks.spectrogram_vit import SpectrogramVitConfig

VIT = SpectrogramVitConfig(width=24, depth=2, heads=2, class_token=True)


def timm_state(times: int, *, projector: bool = False) -> dict[str, Tensor]:
    """A masked autoencoder of `VIT`'s sizes, in timm's names, with parts of the training."""
    shapes: dict[str, tuple[int, ...]] = {
        "cls_token": (1, 1, 24),
        "pos_embed": (1, 1 + 5 * times, 24),
        "patch_embed.proj.weight": (24, 1, 16, 16),
        "patch_embed.proj.bias": (24,),
        "norm.weight": (24,),
        "norm.bias": (24,),
        "mask_token": (1, 1, 8),
        "decoder_embed.weight": (8, 24),
    }
    for block in range(2):
        parts = {"attn.qkv": (72, 24), "attn.proj": (24, 24), "mlp.fc1": (96, 24)}
        for name, shape in {**parts, "mlp.fc2": (24, 96)}.items():
            shapes[f"blocks.{block}.{name}.weight"] = shape
            shapes[f"blocks.{block}.{name}.bias"] = shape[:1]
        for name in ("norm1", "norm2"):
            shapes[f"blocks.{block}.{name}.weight"] = (24,)
            shapes[f"blocks.{block}.{name}.bias"] = (24,)
    if projector:
        for number in (0, 2):
            shapes[f"audio_proj.{number}.weight"] = (24, 24)
            shapes[f"audio_proj.{number}.bias"] = (24,)
    generator = torch.Generator().manual_seed(7)
    return {name: 0.3 * torch.randn(shape, generator=generator) for name, shape in shapes.items()}


def m2d(folder: Path) -> M2dEncoder:
    path = folder / "checkpoint-300.pth"
    torch.save({"model": timm_state(38), "epoch": 300}, path)
    return M2dEncoder(path, config=VIT)


def msm_mae(folder: Path) -> MsmMaeEncoder:
    path = folder / "checkpoint-100.pth"
    torch.save({"model": timm_state(13)}, path)
    return MsmMaeEncoder(path, config=VIT)


def m2d_clap(folder: Path, **options: Any) -> M2dClapEncoder:
    path = folder / "checkpoint-300.pth"
    torch.save({"model": timm_state(38, projector=True)}, path)
    return M2dClapEncoder(path, config=VIT, **options)


def byol_a(folder: Path, kind: type[PublishedEncoder]) -> PublishedEncoder:
    """Full size: the networks are small."""
    torch.manual_seed(5)
    path = folder / "byol_a.pth"
    torch.save(kind().build().state_dict(), path)
    return kind(path)


def ast(folder: Path) -> AstEncoder:
    import transformers

    torch.manual_seed(6)
    config = transformers.ASTConfig(
        hidden_size=24, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48
    )
    model = transformers.ASTForAudioClassification(config)
    for token in ("cls_token", "distillation_token", "position_embeddings"):
        torch.nn.init.normal_(getattr(model.audio_spectrogram_transformer.embeddings, token))
    model.save_pretrained(folder)
    return AstEncoder(folder)


def clap_config(**audio: Any) -> Any:
    import transformers

    sizes = {"patch_embeds_hidden_size": 8, "hidden_size": 64, "depths": [1, 1, 1, 1]}
    heads = {"num_attention_heads": [1, 1, 2, 2], "num_hidden_layers": 4}
    text = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    words = {"vocab_size": 300, "intermediate_size": 32, "max_position_embeddings": 60}
    return transformers.ClapConfig(
        audio_config={**sizes, **heads, **audio}, text_config={**text, **words}, projection_dim=12
    )


def clap(folder: Path) -> ClapEncoder:
    import transformers

    torch.manual_seed(8)
    model = transformers.ClapModel(clap_config())
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    model.save_pretrained(folder)
    return ClapEncoder(folder)


MAKERS = {
    "m2d": m2d,
    "msm_mae": msm_mae,
    "m2d_clap": m2d_clap,
    "byol_a_512": lambda folder: byol_a(folder, ByolA512),
    "byol_a_v2": lambda folder: byol_a(folder, ByolAV2Encoder),
    "ast": ast,
    "clap": clap,
}
