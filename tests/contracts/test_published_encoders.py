"""Encoders whose weights are not part of the package keep the contract, with random weights.

The suite of `test_encoders` is for encoders that can be loaded; this one is small. Each encoder is
loaded once, from a file in its published layout, the largest with few channels.
"""

import re
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from kikimimi.encoders.published.encoder import PublishedEncoder
from kikimimi.encoders.registry import create_encoder, load_encoder
from kikimimi.errors import EncoderError
from random_weights import PUBLISHED, narrow, save_random_weights

SECONDS = 1.2


@pytest.fixture(scope="module", params=sorted(PUBLISHED))
def encoder(request, tmp_path_factory) -> Iterator[PublishedEncoder]:
    folder = tmp_path_factory.mktemp(f"weights_{request.param}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KIKIMIMI_WEIGHTS", str(folder))
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        bare = create_encoder(request.param)
        assert isinstance(bare, PublishedEncoder)
        patch.setattr(type(bare), "_check_digests", lambda *_: None)  # these are other weights
        narrow(type(bare), patch)
        save_random_weights(bare, folder / request.param)
        yield load_encoder(request.param)


def sounds(encoder: PublishedEncoder, count: int = 2, seconds: float = SECONDS) -> np.ndarray:
    rate = encoder.card.sample_rate_hz
    generator = np.random.default_rng(7)
    noises = 0.2 * generator.standard_normal((count, max(1, round(seconds * rate))))
    fade = np.linspace(0, 1, noises.shape[1]) ** np.arange(count)[:, None]
    return (noises * fade).astype(np.float32)


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_card_counts_the_parameters(name) -> None:
    """At full size, but without memory."""
    encoder = create_encoder(name)
    assert isinstance(encoder, PublishedEncoder)
    with torch.device("meta"):
        network = encoder.build()
    assert sum(p.numel() for p in network.parameters()) == encoder.card.parameters


def test_weights_are_found_and_named_by_their_digest(encoder) -> None:
    bare = create_encoder(encoder.card.name)
    assert bare.weights_are_here
    assert re.fullmatch(r"[0-9a-f]{64}", bare.weights_digest)
    assert bare.identity == encoder.identity
    with pytest.raises(EncoderError, match=r"call load\(\) first"):
        bare.encode(sounds(encoder))


def test_clips_and_tags_do_not_depend_on_the_batch(encoder) -> None:
    card, clips = encoder.card, sounds(encoder)
    together = encoder.encode(clips)
    assert together.embeddings.shape == (2, card.embedding_size)
    assert together.tag_scores.shape == (2, len(card.vocabulary))
    assert together.embeddings.dtype == together.tag_scores.dtype == np.float32
    assert np.isfinite(together.embeddings).all()
    assert ((together.tag_scores >= 0) & (together.tag_scores <= 1)).all()
    alone = [encoder.encode(clip[None]) for clip in clips]
    for row, one in enumerate(alone):
        np.testing.assert_allclose(
            together.embeddings[row], one.embeddings[0], rtol=1e-3, atol=1e-4
        )
        np.testing.assert_allclose(together.tag_scores[row], one.tag_scores[0], atol=1e-4)
    assert np.abs(alone[0].embeddings - alone[1].embeddings).max() > 1e-4


def test_the_same_clip_gives_the_same_bits(encoder) -> None:
    clip = sounds(encoder, 1)
    one, two = encoder.encode(clip), encoder.encode(clip)
    np.testing.assert_array_equal(one.embeddings, two.embeddings)
    np.testing.assert_array_equal(one.tag_scores, two.tag_scores)


@pytest.mark.parametrize("seconds", [0.0, 0.1, SECONDS])
def test_any_length_gives_frames_and_layers(encoder, seconds) -> None:
    card, clip = encoder.card, sounds(encoder, 1, seconds)
    encoding = encoder.embed_frames(clip)
    times = encoding.timestamps_s
    assert encoding.embeddings.shape == (1, len(times), card.embedding_size)
    assert np.isfinite(encoding.embeddings).all()
    assert times[0] >= 0
    assert times[-1] <= clip.shape[1] / card.sample_rate_hz + card.frame_hop_s / 2
    np.testing.assert_allclose(np.diff(times)[:-1], card.frame_hop_s, rtol=1e-3)
    layers = encoder.embed_layers(clip, encoder.layer_names)
    assert tuple(layers) == encoder.layer_names
    for rows in layers.values():
        assert rows.ndim == 3 and rows.shape[0] == 1 and rows.shape[1] >= 1
        assert rows.dtype == np.float32 and np.isfinite(rows).all()


def test_layers_do_not_depend_on_the_batch(encoder) -> None:
    clips, names = sounds(encoder), encoder.layer_names[1::2]
    together = encoder.embed_layers(clips, names)
    for name, rows in together.items():
        alone = encoder.embed_layers(clips[1:], (name,))[name]
        np.testing.assert_allclose(rows[1:], alone, rtol=1e-3, atol=1e-4)


def test_a_checkpoint_of_another_model_is_refused(encoder, tmp_path) -> None:
    path = tmp_path / "other.pth"
    torch.save({"model": {"encoder.weight": torch.zeros(2, 2)}}, path)
    other = type(encoder)(path)
    with pytest.raises(EncoderError, match=r"lacks '.+' and \d+ more, has .*encoder\.weight'"):
        other.load()
