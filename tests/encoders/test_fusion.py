"""Fusing layers, after Niizumi et al., EUSIPCO 2022."""

from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import pytest
import soundfile

from kikimimi.encoders.contract import Encoder, EncoderCard, Encoding, FrameEncoding
from kikimimi.encoders.file_embedding import embed_file
from kikimimi.encoders.fusion import FusedEncoder, fused_from_name, fused_name
from kikimimi.encoders.registry import create_encoder, load_encoder
from kikimimi.errors import EncoderError
from kikimimi.library.library import Library
from kikimimi.types import FloatArray


class Steps(Encoder):
    """Layers that are easily told: the samples, every other sample twice, and three of a mean."""

    card: ClassVar[EncoderCard] = EncoderCard(
        "steps", "Steps", "none", "none", "none", 8000, 1, 4 / 8000, 8 / 8000
    )

    def load(self) -> Self:
        return self

    @property
    def weights_digest(self) -> str:
        return "0" * 64

    @property
    def layer_names(self) -> tuple[str, ...]:
        return ("samples", "half", "three")

    def _embed_layers(self, samples: FloatArray, names: tuple[str, ...]) -> dict[str, FloatArray]:
        half = np.repeat(samples[:, ::2, None], 2, axis=2)
        three = np.repeat(samples.mean(axis=1)[:, None, None], 3, axis=2)
        layers = {"samples": samples[..., None], "half": half, "three": three}
        return {name: layers[name] for name in names}

    def _encode(self, samples: FloatArray) -> Encoding:
        return Encoding(samples[:, :1], np.zeros((len(samples), 0), np.float32))

    def _encode_frames(self, samples: FloatArray) -> FrameEncoding:
        starts = np.arange(0, samples.shape[1], 4)
        return FrameEncoding(samples[:, starts, None], (starts + 2).astype(np.float32) / 8000)


CLIP = np.array([[0, 1, 2, 3, 4, 5, 6, 7]], np.float32)


def test_layers_are_pooled_by_mean_plus_maximum_and_concatenated() -> None:
    fused = FusedEncoder(Steps(), ["half", "samples"])
    assert fused.card.embedding_size == 3
    np.testing.assert_allclose(fused.embed_clips(CLIP), [[3 + 6, 3 + 6, 3.5 + 7]])
    np.testing.assert_array_equal(fused.encode(CLIP).embeddings, fused.embed_clips(CLIP))


def test_the_mean_needs_layers_of_one_size() -> None:
    with pytest.raises(EncoderError, match="sizes 1, 2, so there is no mean"):
        FusedEncoder(Steps(), ["samples", "half"], fuse="mean").embed_clips(CLIP)
    encoder = load_encoder("kikimimi[layer9,layer10|mean]")
    two = load_encoder("kikimimi[layer9,layer10]")
    clip = np.random.default_rng(0).standard_normal((1, 16000)).astype(np.float32)
    halves = np.split(two.embed_clips(clip)[0], 2)
    np.testing.assert_allclose(encoder.embed_clips(clip)[0], np.mean(halves, axis=0), rtol=1e-5)


def test_frames_are_those_of_the_encoder_with_the_rows_of_each_pooled() -> None:
    frames = FusedEncoder(Steps(), ["half", "samples"]).embed_frames(CLIP)
    np.testing.assert_allclose(frames.timestamps_s, [2 / 8000, 6 / 8000])
    expected = [[1 + 2, 1 + 2, 1.5 + 3], [5 + 6, 5 + 6, 5.5 + 7]]
    np.testing.assert_allclose(frames.embeddings[0], expected)
    slow = FusedEncoder(Steps(), ["three"]).embed_frames(CLIP).embeddings[0]
    np.testing.assert_allclose(slow, np.full((2, 3), 7.0))  # one row for both frames


@pytest.mark.parametrize("name", ["kikimimi[layer7,layer14]", "placeholder[{0}]"])
def test_a_name_with_layers_is_an_encoder_that_keeps_the_contract(name: str) -> None:
    name = name.format(create_encoder("placeholder").layer_names[0])
    encoder = create_encoder(name)
    base = create_encoder(name.partition("[")[0]).load()
    assert encoder.card.name == name
    assert encoder.identity.startswith(f"{name}@")
    assert encoder.identity != base.identity
    assert encoder.load() is encoder
    clips = np.random.default_rng(1).standard_normal((3, 16000)).astype(np.float32)
    found = encoder.encode(clips)
    assert found.embeddings.shape == (3, encoder.card.embedding_size)
    assert found.embeddings.dtype == np.float32
    np.testing.assert_array_equal(found.tag_scores, base.encode(clips).tag_scores)
    alone = np.concatenate([encoder.embed_clips(clip[None]) for clip in clips])
    np.testing.assert_allclose(found.embeddings, alone, rtol=1e-3, atol=1e-3)
    frames = encoder.embed_frames(clips)
    assert frames.embeddings.shape == (
        *(3, len(frames.timestamps_s)),
        encoder.card.embedding_size,
    )


def test_identities_tell_layers_and_ways_to_fuse_apart() -> None:
    names = (
        "kikimimi[layer9,layer10]",
        "kikimimi[layer10,layer9]",
        "kikimimi[layer9,layer10|mean]",
    )
    assert len({create_encoder(name).identity for name in names}) == 3
    assert fused_name("kikimimi", ["layer9", "layer10"], "mean") == names[2]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("kikimimi[layer77]", "no layer 'layer77'; did you mean 'layer7'"),
        ("kikimimi[layer7,layer7]", "each once"),
        ("kikimimi[layer7,layer8|max]", "cannot be fused by 'max'"),
        ("kikimim[layer7]", "did you mean 'kikimimi'"),
    ],
)
def test_wrong_names_are_refused(name: str, message: str) -> None:
    with pytest.raises(EncoderError, match=message) as caught:
        create_encoder(name)
    assert "\n" not in str(caught.value)


def test_a_library_can_be_made_with_it(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).standard_normal(20000) / 10
    for number, pitch_hz in enumerate((200, 3000)):
        tone = np.sin(2 * np.pi * pitch_hz * np.arange(20000) / 16000) / 2
        soundfile.write(tmp_path / f"{number}.wav", noise / 50 + tone, 16000)
    name = "kikimimi[layer5,layer14]"
    place = tmp_path / "fused.kikimimi"
    with Library(place, encoder=name) as library:
        assert library.index([tmp_path], workers=1).added == 2
    with Library(place) as library:
        vectors = [found.embedding.vector for found in library.embeddings()]
        best = library.search(like=tmp_path / "1.wav", limit=1)[0]
    expected = embed_file(tmp_path / "0.wav", load_encoder(name)).vectors[0]
    np.testing.assert_allclose(vectors[0], expected, rtol=1e-4, atol=1e-4)
    assert best.path.name == "1.wav"


class InFolder(Steps):
    """Steps of a folder."""

    @property
    def reference(self) -> str:
        return "/runs/a/encoder"


def test_an_encoder_of_a_folder_is_found_again_by_its_path() -> None:
    fused = FusedEncoder(InFolder(), ["half", "samples"])
    assert fused.card.name == "steps[half,samples]"
    assert fused.reference == "/runs/a/encoder[half,samples]"
    asked: list[str] = []

    def create(name: str) -> Encoder:
        asked.append(name)
        return InFolder()

    again = fused_from_name(fused.reference, create)
    assert asked == ["/runs/a/encoder"]
    assert again is not None
    assert again.identity == fused.identity
