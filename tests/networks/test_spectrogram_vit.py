"""The vision transformer over spectrograms against those of transformers and torch."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from kikimimi.errors import ConfigError
from kikimimi.networks.spectrogram_vit import SIZES, SpectrogramVit, SpectrogramVitConfig

TINY = SpectrogramVitConfig(n_mels=32, width=24, depth=3, heads=2, class_token=True)


def vit(config: SpectrogramVitConfig = TINY) -> SpectrogramVit:
    """Random weights, also in the biases, which start at zero."""
    torch.manual_seed(1)
    network = SpectrogramVit(config).eval()
    for name, parameter in network.named_parameters():
        if name.endswith("bias"):
            nn.init.normal_(parameter, std=0.1)
    return network


def log_mel(frames: int = 64) -> Tensor:
    return torch.randn(2, 32, frames, generator=torch.Generator().manual_seed(2))


def copied_from(theirs: nn.Module, ours: SpectrogramVit) -> nn.Module:
    """Give a ViT of transformers our weights; a bias of the keys, which we lack, stays random."""
    state: dict[str, Tensor] = {
        "embeddings.cls_token": ours.class_token.token[None, None],
        "embeddings.patch_embeddings.projection.weight": ours.embed.weight.view(-1, 1, 16, 16),
        "embeddings.patch_embeddings.projection.bias": ours.embed.bias,
        "layernorm.weight": ours.norm.weight,
        "layernorm.bias": ours.norm.bias,
    }
    for number, layer in enumerate(ours.layers):
        norm1, attention, _ = layer.attention
        norm2, fc1, _, _, fc2, _ = layer.feed_forward
        parts = {
            "layernorm_before": norm1,
            "layernorm_after": norm2,
            "attention.q_proj": attention.query,
            "attention.k_proj": attention.key,
            "attention.v_proj": attention.value,
            "attention.o_proj": attention.out,
            "mlp.fc1": fc1,
            "mlp.fc2": fc2,
        }
        for name, part in parts.items():
            for key, value in part.state_dict().items():
                state[f"layers.{number}.{name}.{key}"] = value
    missing, unexpected = theirs.load_state_dict(state, strict=False)
    assert unexpected == []
    left_out = ("attention.k_proj.bias", "position_embeddings")
    assert all(key.endswith(left_out) for key in missing)
    return theirs.eval()


def settings(**more: Any) -> dict[str, Any]:
    sizes = {"hidden_size": 24, "num_hidden_layers": 3, "num_attention_heads": 2}
    eps = {"layer_norm_eps": 1e-6, "intermediate_size": 96, "hidden_act": "gelu"}
    return {**sizes, **eps, "patch_size": 16, "num_channels": 1, **more}


def test_encodes_as_the_vit_of_transformers() -> None:
    transformers = pytest.importorskip("transformers")
    ours, x = vit(), log_mel()
    config = transformers.ViTConfig(**settings(image_size=(32, 64)))
    theirs = copied_from(transformers.ViTModel(config, add_pooling_layer=False), ours)
    places = torch.cat([torch.zeros(1, 24), ours.positions(2, 4)])
    with torch.no_grad():
        theirs.embeddings.position_embeddings.copy_(places[None])
        found = theirs(pixel_values=x[:, None], output_hidden_states=True)
        torch.testing.assert_close(
            ours.encode(x), found.last_hidden_state[:, 1:], rtol=1e-4, atol=1e-4
        )
        for mine, yours in zip(ours.layer_frames(x), found.hidden_states[1:], strict=True):
            patches = yours[:, 1:].unflatten(1, (2, 4)).transpose(1, 2).flatten(2)
            torch.testing.assert_close(mine, patches, rtol=1e-4, atol=1e-4)


def test_sees_only_visible_patches_as_the_masked_autoencoder_of_transformers() -> None:
    transformers = pytest.importorskip("transformers")
    ours, x = vit(), log_mel(32)
    config = transformers.ViTMAEConfig(**settings(image_size=32, mask_ratio=0.5))
    theirs = copied_from(transformers.ViTMAEModel(config), ours)
    theirs.embeddings.position_embeddings.data[0, 0] = 0
    theirs.embeddings.position_embeddings.data[0, 1:] = ours.positions(2, 2)
    noise = torch.tensor([[0.9, 0.1, 0.5, 0.3], [0.2, 0.8, 0.7, 0.4]])
    with torch.no_grad():
        found = theirs(pixel_values=x[:, None], noise=noise)
        visible = noise.argsort(dim=1)[:, :2]
        assert torch.equal(found.mask.gather(1, visible), torch.zeros(2, 2))
        torch.testing.assert_close(
            ours.encode(x, visible), found.last_hidden_state[:, 1:], rtol=1e-4, atol=1e-4
        )


def test_positions_are_the_sinusoids_of_transformers() -> None:
    """Row and column in the order of the grid; masked autoencoders for images swap the halves."""
    theirs = pytest.importorskip("transformers.models.vit_mae.modeling_vit_mae")
    expected = theirs.build_2d_sinusoidal_position_embedding(2, 7, 24)
    torch.testing.assert_close(vit().positions(2, 7), expected, rtol=1e-5, atol=1e-5)


def test_without_class_token_it_is_the_transformer_of_torch() -> None:
    ours, x = vit(replace(TINY, class_token=False)), log_mel()
    tokens = ours.embed(ours.patches(x)) + ours.positions(2, 4)
    for layer in ours.layers:
        theirs = nn.TransformerEncoderLayer(
            24, 2, 96, activation="gelu", norm_first=True, batch_first=True, layer_norm_eps=1e-6
        ).eval()
        norm1, attention, _ = layer.attention
        norm2, fc1, _, _, fc2, _ = layer.feed_forward
        query, key, value = attention.query, attention.key, attention.value
        theirs.self_attn.in_proj_weight.data = torch.cat([query.weight, key.weight, value.weight])
        theirs.self_attn.in_proj_bias.data = torch.cat([query.bias, torch.ones(24), value.bias])
        theirs.self_attn.out_proj, theirs.norm1, theirs.norm2 = attention.out, norm1, norm2
        theirs.linear1, theirs.linear2 = fc1, fc2
        tokens = theirs(tokens)
    torch.testing.assert_close(ours.encode(x), ours.norm(tokens), rtol=1e-4, atol=1e-4)


def test_patches_are_counted_band_by_band() -> None:
    x = torch.arange(32 * 64, dtype=torch.float32).view(1, 32, 64)
    network = vit()
    patches = network.patches(x)
    assert network.grid(x) == (2, 4)
    assert patches.shape == (1, 8, 256)
    for band in range(2):
        for time in range(4):
            cell = x[0, 16 * band : 16 * band + 16, 16 * time : 16 * time + 16]
            assert torch.equal(patches[0, 4 * band + time], cell.flatten())


def test_unfilled_patch_is_filled_with_zeros() -> None:
    network, x = vit(), log_mel(50)
    filled = torch.cat([x, torch.zeros(2, 32, 14)], dim=2)
    assert network.grid(x) == (2, 4)
    torch.testing.assert_close(network(x), network(filled))


@pytest.mark.parametrize("class_token", [False, True])
def test_masked_patches_cannot_be_heard(class_token: bool) -> None:
    network, x = vit(replace(TINY, class_token=class_token)), log_mel()
    visible = torch.tensor([[0, 5, 3], [7, 1, 2]])
    changed = network.patches(x).clone()
    hidden = torch.tensor([[1, 2, 4, 6, 7], [0, 3, 4, 5, 6]])
    changed.scatter_(1, hidden[:, :, None].expand(-1, -1, 256), 9.0)
    other = changed.view(2, 2, 4, 16, 16).transpose(2, 3).reshape(2, 32, 64)
    torch.testing.assert_close(network.encode(x, visible), network.encode(other, visible))
    assert not torch.allclose(network.encode(x), network.encode(other))


def test_showing_all_patches_is_showing_any_order_of_them() -> None:
    network, x = vit(), log_mel()
    order = torch.randperm(8, generator=torch.Generator().manual_seed(0)).expand(2, -1)
    torch.testing.assert_close(network.encode(x, order), network.encode(x)[:, order[0]])


def test_frames_stack_the_bands_of_one_time() -> None:
    network, x = vit(), log_mel()
    tokens, frames = network.encode(x), network.frames(x)
    assert frames.shape == (2, 4, 48) and network.embedding_size == 48
    assert torch.equal(frames[:, 3], torch.cat([tokens[:, 3], tokens[:, 7]], dim=1))
    torch.testing.assert_close(network(x), frames.mean(dim=1))
    torch.testing.assert_close(
        network.norm(network.layer_frames(x)[-1].view(2, 4, 2, 24)), frames.view(2, 4, 2, 24)
    )


def test_named_sizes_are_those_of_the_field() -> None:
    millions = {}
    for name, config in SIZES.items():
        with torch.device("meta"):
            network = SpectrogramVit(config)
        millions[name] = round(sum(p.numel() for p in network.parameters()) / 1e6, 1)
    assert millions == {"tiny": 5.4, "small": 21.4, "base": 85.2}
    assert SIZES["base"] == SpectrogramVitConfig()


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"n_mels": 40}, "n_mels must be a multiple of the 16 bands"),
        ({"width": 100}, "width must be a multiple of 12 heads"),
        ({"width": 18, "heads": 2}, "width must be a multiple of 4"),
    ],
)
def test_sizes_of_a_vit_that_do_not_fit_are_refused(sizes: dict[str, int], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        SpectrogramVitConfig(**sizes)
