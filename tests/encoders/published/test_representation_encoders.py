"""The encoders of self-supervised and transformer models, over small random weights."""

from itertools import pairwise

import numpy as np
import pytest
from tiny_models import MAKERS

from kikimimi.encoders.published.encoder import PublishedEncoder
from kikimimi.encoders.registry import create_encoder, encoder_names
from kikimimi.errors import EncoderError
from kikimimi.types import FloatArray


@pytest.fixture(scope="module", params=MAKERS)
def encoder(request, tmp_path_factory) -> PublishedEncoder:
    if request.param in ("ast", "clap"):
        pytest.importorskip("transformers")
    return MAKERS[request.param](tmp_path_factory.mktemp(request.param)).load()


def noises(encoder: PublishedEncoder, count: int, length: int) -> FloatArray:
    generator = np.random.default_rng(length)
    loudness = 10.0 ** -generator.uniform(0, 2, (count, 1))
    return (loudness * generator.standard_normal((count, length))).astype(np.float32)


def window(encoder: PublishedEncoder) -> int:
    return round(encoder.card.window_s * encoder.card.sample_rate_hz)


def test_all_are_registered() -> None:
    names = {*MAKERS, "byol_a_1024", "byol_a_2048"}
    assert names <= set(encoder_names())
    for name in names:
        card = create_encoder(name).card
        assert card.name == name
        assert not card.embedded


@pytest.mark.parametrize("length", ["one sample", "0.05 s", "one more", "2.5 windows"])
def test_any_length_is_embedded(encoder, length) -> None:
    samples = {
        "one sample": 1,
        "0.05 s": encoder.card.sample_rate_hz // 20,
        "one more": window(encoder) + 1,
        "2.5 windows": window(encoder) * 5 // 2,
    }[length]
    clip = noises(encoder, 1, samples)
    embedding = encoder.embed_clips(clip)
    assert embedding.shape == (1, encoder.card.embedding_size)
    assert embedding.dtype == np.float32
    assert np.isfinite(embedding).all() and embedding.any()
    np.testing.assert_array_equal(encoder.embed_clips(clip), embedding)
    frames = encoder.embed_frames(clip)
    seconds, hop_s = frames.timestamps_s, encoder.card.frame_hop_s
    assert frames.embeddings.shape == (1, len(seconds), encoder.card.embedding_size)
    assert np.isfinite(frames.embeddings).all()
    assert seconds[0] >= 0 and seconds[-1] <= samples / encoder.card.sample_rate_hz + hop_s / 2
    np.testing.assert_allclose(np.diff(seconds)[:-1], hop_s, rtol=1e-3)
    assert (np.diff(seconds) > 0).all() and (np.diff(seconds) < 1.001 * hop_s).all()
    assert abs(len(seconds) - samples / encoder.card.sample_rate_hz / hop_s) <= 2
    for rows in encoder.embed_layers(clip, encoder.layer_names).values():
        assert rows.shape[:1] == (1,) and rows.shape[1] >= 1
        assert np.isfinite(rows).all()


def test_neighbours_in_the_batch_change_nothing(encoder) -> None:
    clips = noises(encoder, 5, window(encoder) // 3)
    names = encoder.layer_names[-1:]
    for embed in (
        encoder.embed_clips,
        lambda batch: encoder.embed_frames(batch).embeddings,
        lambda batch: encoder.embed_layers(batch, names)[names[0]],
    ):
        together = embed(clips)
        alone = np.concatenate([embed(clip[None]) for clip in clips])
        np.testing.assert_allclose(together, alone, rtol=1e-3, atol=1e-4)


def test_layers_are_named_without_loading_as_for_the_published_sizes(encoder) -> None:
    names = create_encoder(encoder.card.name).layer_names
    assert len(names) >= 3
    assert encoder.layer_names == names[: len(encoder.layer_names)]


def test_last_layer_of_a_clip_keeps_its_time(encoder) -> None:
    clip = noises(encoder, 1, window(encoder))
    layers = encoder.embed_layers(clip, encoder.layer_names)
    counts = [rows.shape[1] for rows in layers.values()]
    assert all(one >= other for one, other in pairwise(counts))
    assert counts[-1] == len(encoder.embed_frames(clip).timestamps_s)


def test_nothing_is_embedded_before_loading(encoder) -> None:
    fresh = create_encoder(encoder.card.name)
    clip = np.zeros((1, 16000), np.float32)
    for ask in (fresh.encode, fresh.embed_frames, lambda c: fresh.embed_layers(c, ["layer1"])):
        with pytest.raises(EncoderError, match=r"is not loaded|has no layer"):
            ask(clip)
