"""MSM-MAE, M2D, M2D-CLAP and BYOL-A against independent models with the published layouts."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_models import VIT, m2d, m2d_clap, msm_mae, timm_state
from torch import Tensor, nn

from kikimimi.encoders.published.byol_a_v1 import ByolA512
from kikimimi.encoders.published.byol_a_v2 import ByolAV2Encoder
from kikimimi.encoders.published.encoder import PublishedEncoder
from kikimimi.encoders.published.m2d import M2dEncoder
from kikimimi.encoders.registry import create_encoder
from kikimimi.errors import EncoderError
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import BYOL_A, M2D


def noise(seconds: float) -> np.ndarray:
    length = round(16000 * seconds)
    return (0.1 * np.random.default_rng(length).standard_normal((1, length))).astype(np.float32)


def reference_vit(times: int) -> nn.Module:
    """The ViT of transformers with the weights of `timm_state`, for pieces of `times` patches."""
    transformers = pytest.importorskip("transformers")
    config = transformers.ViTConfig(
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=96,
        image_size=(80, 16 * times),
        patch_size=16,
        num_channels=1,
        layer_norm_eps=1e-6,
    )
    model = transformers.ViTModel(config, add_pooling_layer=False)
    timm = timm_state(times)
    state = {
        "embeddings.cls_token": timm["cls_token"],
        "embeddings.position_embeddings": timm["pos_embed"],
        "embeddings.patch_embeddings.projection.weight": timm["patch_embed.proj.weight"],
        "embeddings.patch_embeddings.projection.bias": timm["patch_embed.proj.bias"],
    }
    names = {
        "norm1": "layernorm_before",
        "norm2": "layernorm_after",
        "attn.proj": "attention.o_proj",
    }
    for kind in ("weight", "bias"):
        state[f"layernorm.{kind}"] = timm[f"norm.{kind}"]
        for block in range(2):
            ours, theirs = f"blocks.{block}", f"layers.{block}"
            parts = timm[f"{ours}.attn.qkv.{kind}"].chunk(3)
            for letter, part in zip("qkv", parts, strict=True):
                state[f"{theirs}.attention.{letter}_proj.{kind}"] = part
            for one, other in {**names, "mlp.fc1": "mlp.fc1", "mlp.fc2": "mlp.fc2"}.items():
                state[f"{theirs}.{other}.{kind}"] = timm[f"{ours}.{one}.{kind}"]
    model.load_state_dict(state)
    return model.eval()


def by_patches(model: nn.Module, log_mel: Tensor, times: int) -> Tensor:
    """Frames (N', 5 * 24) of one whole piece (80, 16 * times)."""
    with torch.no_grad():
        tokens = model(pixel_values=log_mel[None, None]).last_hidden_state[0, 1:]
    return tokens.reshape(5, times, 24).transpose(0, 1).reshape(times, 120)


@pytest.mark.parametrize(("make", "times"), [(m2d, 38), (msm_mae, 13), (m2d_clap, 38)])
def test_embeds_whole_pieces_as_the_vit_of_transformers(make, times, tmp_path) -> None:
    """Also positions, class token and biases of the keys have their effect; time is averaged."""
    encoder, clip = make(tmp_path).load(), noise(2 * times * 0.16)
    log_mel = torch.from_numpy(LogMel(M2D)(clip)[0])
    model = reference_vit(times)
    pieces = [log_mel[:, start : start + 16 * times] for start in (0, 16 * times)]
    expected = torch.cat([by_patches(model, piece, times) for piece in pieces])
    found = encoder.embed_frames(clip).embeddings[0]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(
        encoder.embed_clips(clip)[0], expected.mean(dim=0), rtol=1e-4, atol=1e-4
    )


def test_shorter_piece_keeps_the_positions_of_its_patches(tmp_path) -> None:
    """A clip of 20 patches sees what a network whose table ends after 20 sees."""
    encoder, clip = m2d(tmp_path).load(), noise(20 * 0.16)
    log_mel = torch.from_numpy(LogMel(M2D)(clip)[0])[:, :320]
    model = reference_vit(38)
    table = model.embeddings.position_embeddings.detach()
    patches = table[:, 1:].unflatten(1, (5, 38))[:, :, :20].flatten(1, 2)
    model.embeddings.position_embeddings = nn.Parameter(torch.cat([table[:, :1], patches], dim=1))
    model.embeddings.image_size = (80, 320)
    expected = by_patches(model, log_mel, 20)
    np.testing.assert_allclose(
        encoder.embed_frames(clip).embeddings[0], expected, rtol=1e-4, atol=1e-4
    )


def test_checkpoint_is_read_out_of_its_archive(tmp_path) -> None:
    expected = m2d(tmp_path).load().embed_clips(noise(1))
    path = tmp_path / "m2d.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(tmp_path / "checkpoint-300.pth", "m2d/checkpoint-300.pth")
        archive.writestr("m2d/log.txt", "loss")
    np.testing.assert_array_equal(
        M2dEncoder(path, config=VIT).load().embed_clips(noise(1)), expected
    )


@pytest.mark.parametrize("inner", [[], ["a.pth", "b.pth"]])
def test_archive_without_one_checkpoint_is_refused(tmp_path, inner) -> None:
    path = tmp_path / "m2d.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in inner:
            archive.writestr(name, b"")
    with pytest.raises(EncoderError, match=f"holds {len(inner)} .pth files instead of one"):
        M2dEncoder(path).load()


def test_archive_cut_short_is_refused(tmp_path) -> None:
    path = tmp_path / "m2d.zip"
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(EncoderError, match="is damaged or no archive"):
        M2dEncoder(path).load()


def test_checkpoint_of_another_model_is_refused_by_name(tmp_path) -> None:
    path = tmp_path / "other.pth"
    state = timm_state(38)
    state["blocks.0.gamma_1"] = state.pop("blocks.1.mlp.fc2.bias")
    torch.save({"model": state}, path)
    with pytest.raises(
        EncoderError,
        match=r"lacks 'layers\.1\.feed_forward\.4\.bias', has the unexpected 'blocks\.0\.gamma_1'",
    ):
        M2dEncoder(path, config=VIT).load()
    torch.save({"model": timm_state(13)}, path)
    with pytest.raises(EncoderError, match=r"position_table \(5, 13, 24\) for \(5, 38, 24\)"):
        M2dEncoder(path, config=VIT).load()


def test_sounds_and_sentences_of_m2d_clap_meet(tmp_path) -> None:
    encoder = m2d_clap(tmp_path).load()
    clip, state = noise(3), timm_state(38, projector=True)
    patches = torch.from_numpy(encoder.embed_clips(clip)).view(5, 24).mean(dim=0)
    hidden = (state["audio_proj.0.weight"] @ patches + state["audio_proj.0.bias"]).relu()
    expected = state["audio_proj.2.weight"] @ hidden + state["audio_proj.2.bias"]
    np.testing.assert_allclose(
        encoder.embed_for_text(clip)[0], expected / expected.norm(), rtol=1e-4, atol=1e-5
    )
    with pytest.raises(EncoderError, match="GTE-base"):
        encoder.embed_texts(["rain"])


def plain_byol_a(blocks: int, units: int) -> nn.Module:
    """The published layout, written with plain layers."""
    features: list[nn.Module] = []
    for block in range(blocks):
        features += [nn.Conv2d(64 if block else 1, 64, 3, padding=1), nn.BatchNorm2d(64)]
        features += [nn.ReLU(), nn.MaxPool2d(2, stride=2)]
    size = 64 * 64 // 2**blocks
    fc = [nn.Linear(size, units), nn.ReLU(), nn.Dropout(0.3), nn.Linear(units, units), nn.ReLU()]
    network = nn.ModuleDict({"features": nn.Sequential(*features), "fc": nn.Sequential(*fc)})
    for name, buffer in network.named_buffers():
        if name.endswith("running_mean"):
            nn.init.normal_(buffer, std=0.3)
        elif name.endswith("running_var"):
            nn.init.uniform_(buffer, 0.5, 2)
    return network.eval()


@pytest.mark.parametrize(
    ("kind", "blocks", "units"), [(ByolA512, 3, 512), (ByolAV2Encoder, 2, 2048)]
)
def test_byol_a_embeds_as_plain_layers_do(kind, blocks: int, units: int, tmp_path: Path) -> None:
    torch.manual_seed(blocks)
    network = plain_byol_a(blocks, units)
    path = tmp_path / "weights.pth"
    torch.save(network.state_dict(), path)
    encoder: PublishedEncoder = kind(path).load()
    clip = noise(1.3)
    log_mel = torch.from_numpy((LogMel(BYOL_A)(clip) + 5.4919195) / 5.0389895)[:, None]
    with torch.no_grad():
        maps = network["features"](log_mel)  # (1, C, F, N)
        conv = maps.permute(0, 3, 2, 1).reshape(1, maps.shape[3], -1)
        mlp = network["fc"](conv)
        frames = mlp if blocks == 3 else torch.cat([conv, mlp], dim=-1)
        expected = frames.max(dim=1).values + frames.mean(dim=1)
    np.testing.assert_allclose(encoder.embed_clips(clip), expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(encoder.embed_frames(clip).embeddings, frames, rtol=1e-4, atol=1e-4)
    layers = encoder.embed_layers(clip, encoder.layer_names)
    np.testing.assert_allclose(layers["linear2"], mlp, rtol=1e-4, atol=1e-4)
    last = maps.permute(0, 3, 1, 2).flatten(2)
    np.testing.assert_allclose(layers[f"block{blocks}"], last, rtol=1e-4, atol=1e-4)


def test_byol_a_of_another_size_is_refused(tmp_path) -> None:
    path = tmp_path / "weights.pth"
    torch.save(plain_byol_a(3, 1024).state_dict(), path)
    with pytest.raises(EncoderError, match=r"in another shape 'fc\.0\.weight \(1024, 512\)"):
        ByolA512(path).load()


NAMES = ("byol_a_512", "byol_a_1024", "byol_a_2048", "byol_a_v2", "m2d", "msm_mae", "m2d_clap")


@pytest.mark.parametrize("name", (*NAMES, "ast", "clap"))
def test_card_tells_the_number_of_parameters(name: str) -> None:
    if name in ("ast", "clap"):
        pytest.importorskip("transformers")
    encoder = create_encoder(name)
    assert isinstance(encoder, PublishedEncoder)
    with torch.device("meta"):
        network = encoder.build()
    assert sum(p.numel() for p in network.parameters()) == encoder.card.parameters


@pytest.mark.parametrize("name", NAMES)
def test_licence_of_the_weights_is_stated(name: str) -> None:
    assert "no commercial use" in create_encoder(name).card.licence


def test_m2d_of_full_size_embeds_five_seconds() -> None:
    encoder = M2dEncoder()
    torch.manual_seed(0)
    encoder._network = encoder.build().eval()
    assert encoder.embed_clips(noise(5)).shape == (1, 3840)
    assert len(encoder.embed_frames(noise(5)).timestamps_s) == 32


def test_weights_of_msm_mae_cannot_be_fetched_alone() -> None:
    with pytest.raises(EncoderError, match=r"take out the \.pth file and place it as"):
        create_encoder("msm_mae").fetch_weights()  # type: ignore[attr-defined]
