"""Attention and positions against slow definitions and torch's own layers."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from kikimimi.networks.ast import AstConfig, AudioSpectrogramTransformer
from kikimimi.networks.conformer import RelativeAttention, shift_distances
from kikimimi.networks.transformer import ClassToken, SelfAttention, sinusoids


def test_sinusoids_follow_the_formula() -> None:
    found = sinusoids(torch.tensor([0.0, 3.0, -2.0]), 8)
    for row, position in enumerate((0, 3, -2)):
        for i in range(4):
            angle = position / 10000 ** (2 * i / 8)
            assert found[row, i].item() == pytest.approx(math.sin(angle), abs=1e-6)
            assert found[row, 4 + i].item() == pytest.approx(math.cos(angle), abs=1e-6)


def test_self_attention_is_that_of_torch() -> None:
    torch.manual_seed(0)
    ours = SelfAttention(12, 3).eval()
    theirs = nn.MultiheadAttention(12, 3, batch_first=True).eval()
    with torch.no_grad():
        theirs.in_proj_weight.copy_(
            torch.cat([ours.query.weight, ours.key.weight, ours.value.weight])
        )
        theirs.in_proj_bias.copy_(torch.cat([ours.query.bias, torch.ones(12), ours.value.bias]))
    theirs.out_proj.load_state_dict(ours.out.state_dict())
    x = torch.randn(2, 7, 12)
    torch.testing.assert_close(ours(x), theirs(x, x, x)[0])


@given(st.integers(1, 12))
def test_shift_gives_every_pair_the_score_of_its_distance(count: int) -> None:
    distances = torch.arange(count - 1, -count, -1).expand(count, -1)
    found = shift_distances(distances)
    i, j = torch.meshgrid(torch.arange(count), torch.arange(count), indexing="ij")
    assert torch.equal(found, i - j)


@settings(max_examples=5, deadline=None)
@given(st.integers(1, 6))
def test_relative_attention_follows_transformer_xl(count: int) -> None:
    torch.manual_seed(count)
    layer = RelativeAttention(8, 2, dropout=0.0).double().eval()
    nn.init.normal_(layer.content_bias)
    nn.init.normal_(layer.position_bias)
    x = torch.randn(1, count, 8, dtype=torch.float64)
    heads = []
    for h in range(2):
        part = slice(4 * h, 4 * h + 4)
        q, k = (m(x)[0][:, part] for m in (layer.query, layer.key))
        v = layer.value(x)[0][:, part]
        u, w = layer.content_bias[h, 0], layer.position_bias[h, 0]
        scores = torch.zeros(count, count, dtype=torch.float64)
        for i in range(count):
            for j in range(count):
                place = sinusoids(torch.tensor([float(i - j)]), 8).double()
                relative = layer.position(place)[0, part]
                scores[i, j] = ((q[i] + u) @ k[j] + (q[i] + w) @ relative) / 2
        heads.append(scores.softmax(dim=1) @ v)
    expected = layer.out(torch.cat(heads, dim=1))
    torch.testing.assert_close(layer(x)[0], expected, rtol=1e-6, atol=1e-6)


def test_class_token_stands_first() -> None:
    layer = ClassToken(4)
    tokens = layer(torch.ones(2, 3, 4))
    assert torch.equal(tokens[:, 0], layer.token.expand(2, -1))
    assert torch.equal(tokens[:, 1:], torch.ones(2, 3, 4))


SMALL_AST = {"size": 16, "heads": 2, "layers": 1, "feed_forward": 16}


def test_class_token_changes_the_embedding_but_not_the_shape_of_frames() -> None:
    network = AudioSpectrogramTransformer(AstConfig(pooling="class_token", **SMALL_AST)).eval()
    x = torch.randn(2, 64, 100)
    assert network(x).shape == (2, 16)
    assert network.frames(x).shape == (2, 9, 16)
    assert not torch.allclose(network(x), network.frames(x).mean(dim=1))


def test_mean_of_patches_is_the_mean_of_frames() -> None:
    network = AudioSpectrogramTransformer(AstConfig(**SMALL_AST)).eval()
    x = torch.randn(2, 64, 100)
    torch.testing.assert_close(network(x), network.frames(x).mean(dim=1))


def test_ast_knows_where_a_patch_is() -> None:
    """Without positions the order of the patches would not matter."""
    torch.manual_seed(0)
    config = AstConfig(stride=(16, 16), **SMALL_AST)
    network = AudioSpectrogramTransformer(config).eval()
    x = torch.randn(1, 64, 96)
    later = x.roll(32, dims=2)
    higher = x.roll(32, dims=1)
    assert (network(x) - network(later)).abs().max() > 1e-3
    assert (network(x) - network(higher)).abs().max() > 1e-3
