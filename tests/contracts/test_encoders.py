"""What every registered encoder must keep, whoever wrote it."""

import re
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from kikimimi.encoders import hear
from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.registry import (
    DEFAULT_ENCODER,
    create_encoder,
    encoder_names,
    load_encoder,
)
from kikimimi.errors import EncoderError

SAME = 0.99999
NAMES = [name for name in encoder_names() if create_encoder(name).weights_are_here]
"""Of the encoders with published weights those that can be loaded here; the others are run with
random weights by `test_published_encoders`."""
WITHOUT_WEIGHTS = {"logmel_statistics", "placeholder"}


@pytest.fixture(scope="module", params=NAMES)
def encoder(request) -> Encoder:
    return load_encoder(request.param)


@pytest.fixture
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def clips_for(encoder: Encoder, count: int, duration_s: float | None = None) -> np.ndarray:
    """Clips (count, T) of unlike sounds: noises of different colour and loudness, tones, clicks."""
    card = encoder.card
    length = max(1, round((duration_s or card.window_s) * card.sample_rate_hz))
    generator = np.random.default_rng(length)
    time = np.arange(length) / card.sample_rate_hz
    makers = (
        lambda: 0.3 * generator.standard_normal(length),
        lambda: 0.5 * np.sin(2 * np.pi * generator.uniform(100, 4000) * time),
        lambda: np.exp(-20 * (time % 0.25)) * generator.standard_normal(length) * 0.2,
        lambda: 0.01 * np.cumsum(generator.standard_normal(length)),
    )
    return np.stack([makers[i % len(makers)]() for i in range(count)]).astype(np.float32)


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    a, b = (np.asarray(x, np.float64).ravel() for x in (a, b))
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def assert_same(found: np.ndarray, expected: np.ndarray) -> None:
    """The same vectors, row by row: in direction and in length."""
    assert found.shape == expected.shape
    for one, other in zip(found, expected, strict=True):
        assert cosine(one, other) > SAME
        assert np.isclose(np.linalg.norm(one), np.linalg.norm(other), rtol=1e-3)


def test_default_encoder_comes_first() -> None:
    assert NAMES[0] == DEFAULT_ENCODER


def test_card_is_complete(encoder) -> None:
    card = encoder.card
    for text in (card.name, card.title, card.paper, card.licence, card.training_data):
        assert text.strip()
    assert re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", card.name)
    assert card.sample_rate_hz >= 8000
    assert card.embedding_size >= 1
    assert 0 < card.frame_hop_s <= card.window_s
    assert len(set(card.vocabulary)) == len(card.vocabulary)
    assert all(re.fullmatch(r"[^/]+/\S.*", name) for name in card.vocabulary)


@pytest.mark.parametrize("name", NAMES)
def test_constructing_reads_no_weights(name) -> None:
    """An encoder that has weights asks for `load`, and works after it."""
    encoder = create_encoder(name)
    clip = np.zeros((1, encoder.card.sample_rate_hz), np.float32)
    if name not in WITHOUT_WEIGHTS:
        with pytest.raises(EncoderError, match="load"):
            encoder.encode(clip)
        with pytest.raises(EncoderError, match="load"):
            encoder.embed_frames(clip)
    assert encoder.load() is encoder
    first = encoder.encode(clip).embeddings
    np.testing.assert_array_equal(encoder.load().encode(clip).embeddings, first)


def test_shapes_and_types(encoder) -> None:
    card = encoder.card
    encoding = encoder.encode(clips_for(encoder, 3))
    assert encoding.embeddings.shape == (3, card.embedding_size)
    assert encoding.tag_scores.shape == (3, len(card.vocabulary))
    assert encoding.embeddings.dtype == encoding.tag_scores.dtype == np.float32
    assert np.isfinite(encoding.embeddings).all()


def test_tag_scores_are_in_unit_range(encoder) -> None:
    scores = encoder.encode(clips_for(encoder, 4)).tag_scores
    assert ((scores >= 0) & (scores <= 1)).all()


def test_unlike_sounds_have_unlike_vectors(encoder) -> None:
    vectors = encoder.embed_clips(clips_for(encoder, 3))
    assert cosine(vectors[0], vectors[1]) < SAME
    assert cosine(vectors[0], vectors[2]) < SAME


def test_embed_clips_is_the_embedding_of_encode(encoder) -> None:
    clips = clips_for(encoder, 2)
    np.testing.assert_array_equal(encoder.embed_clips(clips), encoder.encode(clips).embeddings)


def test_same_clip_same_vector_in_any_batch(encoder) -> None:
    clips = clips_for(encoder, 9)
    alone = np.concatenate([encoder.embed_clips(clip[None]) for clip in clips])
    assert_same(encoder.embed_clips(clips), alone)
    assert_same(encoder.embed_clips(clips[::-1])[::-1], alone)
    loud = np.ones_like(clips[:1])
    assert_same(encoder.embed_clips(np.concatenate([loud, clips[:1]]))[1:], alone[:1])


def test_same_tags_in_any_batch(encoder) -> None:
    clips = clips_for(encoder, 5)
    alone = np.concatenate([encoder.encode(clip[None]).tag_scores for clip in clips])
    np.testing.assert_allclose(encoder.encode(clips).tag_scores, alone, atol=1e-4)


def test_same_vector_with_any_number_of_threads(encoder, two_threads) -> None:
    clips = clips_for(encoder, 4)
    with_two = encoder.embed_clips(clips)
    torch.set_num_threads(1)
    assert_same(encoder.embed_clips(clips), with_two)


def test_same_vector_from_two_instances(encoder) -> None:
    other = load_encoder(encoder.card.name)
    clips = clips_for(encoder, 2)
    np.testing.assert_array_equal(other.embed_clips(clips), encoder.embed_clips(clips))
    assert other.identity == encoder.identity


def test_identity_names_the_encoder_and_needs_no_load(encoder) -> None:
    assert re.fullmatch(rf"{re.escape(encoder.card.name)}@[0-9a-f]{{16}}", encoder.identity)
    assert create_encoder(encoder.card.name).identity == encoder.identity
    assert re.fullmatch(r"[0-9a-f]{64}", encoder.weights_digest)


def test_input_is_not_changed(encoder) -> None:
    clips = clips_for(encoder, 2)
    before = clips.copy()
    encoder.encode(clips)
    encoder.embed_frames(clips)
    np.testing.assert_array_equal(clips, before)


def extreme_clips(encoder: Encoder) -> dict[str, np.ndarray]:
    window = round(encoder.card.window_s * encoder.card.sample_rate_hz)
    return {
        "one sample": np.ones((1, 1), np.float32),
        "silence": np.zeros((1, window), np.float32),
        "full scale": np.sign(np.sin(np.arange(window) * 0.1))[None].astype(np.float32),
        "beyond full scale": 100 * clips_for(encoder, 1),
        "0.1 s": clips_for(encoder, 1, 0.1),
        "one window": clips_for(encoder, 1),
        "one sample more than a window": clips_for(encoder, 1, encoder.card.window_s + 1e-4),
        "two and a half windows": clips_for(encoder, 1, encoder.card.window_s * 2.5),
    }


EXTREMES = (
    "one sample",
    "silence",
    "full scale",
    "beyond full scale",
    "0.1 s",
    "one window",
    "one sample more than a window",
    "two and a half windows",
)


@pytest.mark.parametrize("kind", EXTREMES)
def test_extreme_clips_give_finite_vectors(encoder, kind) -> None:
    clip = extreme_clips(encoder)[kind]
    encoding = encoder.encode(clip)
    assert encoding.embeddings.shape == (1, encoder.card.embedding_size)
    assert np.isfinite(encoding.embeddings).all()
    assert np.isfinite(encoding.tag_scores).all()


@pytest.mark.parametrize("kind", EXTREMES)
def test_frames_of_extreme_clips_are_timed(encoder, kind) -> None:
    card, clip = encoder.card, extreme_clips(encoder)[kind]
    encoding = encoder.embed_frames(clip)
    seconds, duration_s = encoding.timestamps_s, clip.shape[1] / card.sample_rate_hz
    assert encoding.embeddings.shape == (1, len(seconds), card.embedding_size)
    assert np.isfinite(encoding.embeddings).all()
    assert len(seconds) >= 1
    assert seconds[0] >= 0
    assert seconds[-1] <= duration_s + card.frame_hop_s / 2
    steps = np.diff(seconds)
    np.testing.assert_allclose(steps[:-1], card.frame_hop_s, rtol=1e-3)
    # The last frame may be cut short by the end of the clip.
    assert ((steps > 0) & (steps < card.frame_hop_s * 1.001)).all()


def test_frames_are_many_and_differ_over_time(encoder) -> None:
    quiet, loud = np.zeros((1, 1)), clips_for(encoder, 1)
    clip = loud * np.where(np.arange(loud.shape[1]) < loud.shape[1] // 2, quiet, 1)
    encoding = encoder.embed_frames(clip.astype(np.float32))
    expected = encoder.card.window_s / encoder.card.frame_hop_s
    assert abs(len(encoding.timestamps_s) - expected) <= 2
    assert cosine(encoding.embeddings[0, 0], encoding.embeddings[0, -1]) < SAME


def test_frames_do_not_depend_on_the_batch(encoder) -> None:
    clips = clips_for(encoder, 3)
    together = encoder.embed_frames(clips).embeddings
    alone = [encoder.embed_frames(clip[None]).embeddings[0] for clip in clips]
    assert_same(together, np.stack(alone))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_samples_that_are_no_numbers_are_refused(encoder, bad) -> None:
    clips = clips_for(encoder, 2)
    clips[1, -1] = bad
    for function in (encoder.encode, encoder.embed_clips, encoder.embed_frames):
        with pytest.raises(EncoderError, match="NaN or infinite"):
            function(clips)


@pytest.mark.parametrize("shape", [(16000,), (1, 1, 16000), (1, 0), ()])
def test_wrong_shapes_are_refused(encoder, shape) -> None:
    for function in (encoder.encode, encoder.embed_clips, encoder.embed_frames):
        with pytest.raises(EncoderError, match=r"\(B, T\)"):
            function(np.zeros(shape, np.float32))


def test_hear_scene_embeddings(encoder) -> None:
    model = hear.load_model(encoder.card.name)
    assert model.sample_rate == encoder.card.sample_rate_hz
    clips = clips_for(encoder, 3)
    embeddings = hear.get_scene_embeddings(torch.from_numpy(clips), model)
    assert isinstance(embeddings, torch.Tensor)
    assert embeddings.shape == (3, model.scene_embedding_size)
    assert_same(embeddings.numpy(), encoder.embed_clips(clips))


def test_hear_timestamp_embeddings(encoder) -> None:
    model = hear.load_model(encoder.card.name)
    clips = clips_for(encoder, 2, encoder.card.window_s * 1.7)
    embeddings, timestamps_ms = hear.get_timestamp_embeddings(torch.from_numpy(clips), model)
    assert embeddings.shape == (*timestamps_ms.shape, model.timestamp_embedding_size)
    assert timestamps_ms.shape[0] == 2
    assert (timestamps_ms.diff(dim=1) > 0).all()
    duration_ms = clips.shape[1] / model.sample_rate * 1000
    assert timestamps_ms.max() <= duration_ms + encoder.card.frame_hop_s * 1000


def test_an_empty_batch_is_refused(encoder) -> None:
    with pytest.raises(EncoderError, match="B, T >= 1"):
        encoder.encode(np.zeros((0, 16000), np.float32))
    with pytest.raises(EncoderError, match="B, T >= 1"):
        encoder.embed_frames(np.zeros((0, 16000), np.float32))


def test_binary_codes_have_the_lengths_that_are_offered(encoder) -> None:
    assert list(encoder.hash_bits) == sorted(set(encoder.hash_bits))
    embeddings = encoder.embed_clips(clips_for(encoder, 5))
    for bits in encoder.hash_bits:
        projection = encoder.hash_projection(bits)
        assert projection.weights.shape == (bits, encoder.card.embedding_size)
        assert projection.biases.shape == (bits,)
        assert projection.weights.dtype == projection.biases.dtype == np.float32
        assert projection.codes(embeddings).shape == (5, bits // 8)


def test_binary_codes_are_the_same_from_two_instances(encoder) -> None:
    other = load_encoder(encoder.card.name)
    assert other.hash_bits == create_encoder(encoder.card.name).hash_bits == encoder.hash_bits
    for bits in encoder.hash_bits:
        one, two = encoder.hash_projection(bits), other.hash_projection(bits)
        np.testing.assert_array_equal(one.weights, two.weights)
        np.testing.assert_array_equal(one.biases, two.biases)


@pytest.mark.parametrize("bits", [0, -8, 7, 24, 10**9])
def test_lengths_of_code_that_are_not_offered_are_refused(encoder, bits) -> None:
    assert bits not in encoder.hash_bits
    with pytest.raises(EncoderError, match="gives no binary codes") as caught:
        encoder.hash_projection(bits)
    assert all(str(known) in str(caught.value) for known in encoder.hash_bits)


def layers_of(encoder: Encoder, clips: np.ndarray) -> dict[str, np.ndarray]:
    return encoder.embed_layers(clips, encoder.layer_names)


def test_layers_are_named_before_loading(encoder) -> None:
    names = encoder.layer_names
    assert create_encoder(encoder.card.name).layer_names == names
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9_.]+", name) for name in names)


def test_layers_are_rows_over_time(encoder) -> None:
    layers = layers_of(encoder, clips_for(encoder, 2))
    assert tuple(layers) == encoder.layer_names
    for rows in layers.values():
        assert rows.ndim == 3
        assert len(rows) == 2
        assert rows.shape[1] >= 1
        assert rows.dtype == np.float32
        assert np.isfinite(rows).all()


def test_layers_keep_time(encoder) -> None:
    """Where two clips differ at the end only, so do their rows, mostly."""
    clips = clips_for(encoder, 1).repeat(2, axis=0)
    clips[1, -clips.shape[1] // 8 :] = 0
    for one, other in layers_of(encoder, clips).values():
        change = np.abs(one - other).sum(axis=1)
        assert change[len(change) // 2 :].sum() >= change[: len(change) // 2].sum()
        assert change.any()


def test_layers_do_not_depend_on_the_batch(encoder) -> None:
    clips = clips_for(encoder, 5)
    together = layers_of(encoder, clips)
    alone = [layers_of(encoder, clip[None]) for clip in clips]
    for name, rows in together.items():
        assert_same(rows, np.concatenate([each[name] for each in alone]))


def test_some_layers_are_the_same_as_among_all(encoder) -> None:
    clips = clips_for(encoder, 1)
    everything = layers_of(encoder, clips)
    chosen = encoder.layer_names[::-2]
    some = encoder.embed_layers(clips, chosen)
    assert tuple(some) == chosen
    for name, rows in some.items():
        np.testing.assert_array_equal(rows, everything[name])


@pytest.mark.parametrize("kind", ["one sample", "0.1 s", "silence"])
def test_layers_of_extreme_clips_are_finite(encoder, kind) -> None:
    for rows in layers_of(encoder, extreme_clips(encoder)[kind]).values():
        assert rows.shape[1] >= 1
        assert np.isfinite(rows).all()


def test_layers_that_do_not_exist_are_refused(encoder) -> None:
    clips = clips_for(encoder, 1, 0.1)
    with pytest.raises(EncoderError, match="'no such layer'"):
        encoder.embed_layers(clips, ["no such layer"])
    with pytest.raises(EncoderError, match="NaN or infinite"):
        encoder.embed_layers(np.full((1, 100), np.nan), encoder.layer_names)
    assert encoder.embed_layers(clips, []) == {}
