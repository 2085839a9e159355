"""Binary codes of embeddings, and how the default encoder's weights carry them."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from kikimimi.encoders.default import DefaultEncoder
from kikimimi.encoders.hash_projection import HashProjection
from kikimimi.encoders.weights import embedded_folder, save_weights
from kikimimi.errors import EncoderError

SIZE = 128


def _with_codes(folder: Path, lengths: list[int], **config: object) -> Path:
    """The weights in the package with random planes for its own."""
    stored = load_file(embedded_folder("kikimimi") / "model.safetensors")
    tensors = {name: values for name, values in stored.items() if not name.startswith("hash.")}
    torch.manual_seed(0)
    for bits in lengths:
        tensors[f"hash.{bits}.weight"] = torch.randn(bits, SIZE)
        tensors[f"hash.{bits}.bias"] = torch.randn(bits)
    save_weights(folder, tensors, {"hash_bits": lengths, **config}, card="test")
    return folder


@given(st.integers(0, 2**32 - 1), st.sampled_from([8, 16, 48, 128]), st.integers(0, 40))
def test_a_bit_tells_the_side_of_its_plane(seed: int, bits: int, count: int) -> None:
    generator = np.random.default_rng(seed)
    weights = generator.integers(-4, 5, size=(bits, 5)).astype(np.float32)
    biases = generator.integers(-4, 5, size=bits).astype(np.float32)
    embeddings = generator.integers(-4, 5, size=(count, 5)).astype(np.float32)
    codes = HashProjection(weights, biases).codes(embeddings)
    assert codes.shape == (count, bits // 8)
    for embedding, code in zip(embeddings, codes, strict=True):
        for k in range(bits):
            expected = sum(w * x for w, x in zip(weights[k], embedding, strict=True)) + biases[k]
            assert code[k // 8] >> (k % 8) & 1 == (expected > 0)


@pytest.mark.parametrize(
    ("weights", "biases"),
    [((16,), (16,)), ((16, 3), (15,)), ((12, 3), (12,)), ((0, 3), (0,)), ((16, 3), (16, 1))],
)
def test_arrays_of_impossible_shapes_are_refused(
    weights: tuple[int, ...], biases: tuple[int, ...]
) -> None:
    with pytest.raises(EncoderError):
        HashProjection(np.zeros(weights, np.float32), np.zeros(biases, np.float32))


def test_values_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(EncoderError, match="NaN"):
        HashProjection(np.full((16, 3), np.nan, np.float32), np.zeros(16, np.float32))


def test_the_default_encoder_gives_the_codes_that_its_weights_carry(tmp_path: Path) -> None:
    folder = _with_codes(tmp_path / "weights", [64, 16])
    encoder = DefaultEncoder(folder)
    assert encoder.hash_bits == (16, 64)
    with pytest.raises(EncoderError, match="load"):
        encoder.hash_projection(64)
    projection = encoder.load().hash_projection(64)
    stored = load_file(folder / "model.safetensors")
    np.testing.assert_array_equal(projection.weights, stored["hash.64.weight"])
    np.testing.assert_array_equal(projection.biases, stored["hash.64.bias"])
    clip = np.random.default_rng(0).standard_normal((1, 16000)).astype(np.float32)
    plain = DefaultEncoder().load()
    np.testing.assert_array_equal(encoder.embed_clips(clip), plain.embed_clips(clip))


def test_codes_that_the_weights_lack_are_an_error_on_loading(tmp_path: Path) -> None:
    folder = _with_codes(tmp_path / "weights", [16])
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "hash_bits": [16, 32]}))
    with pytest.raises(EncoderError, match="does not fit"):
        DefaultEncoder(folder).load()


@pytest.mark.parametrize("listed", [64, "64", [64.0], [True], [None], [12], [-8], [1 << 40]])
def test_an_impossible_list_of_lengths_is_refused(tmp_path: Path, listed: object) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"hash_bits": listed}))
    with pytest.raises(EncoderError):
        DefaultEncoder(tmp_path).load()
