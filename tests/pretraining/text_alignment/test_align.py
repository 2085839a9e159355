"""The whole of an alignment on a few synthetic clips, with a tiny encoder and text encoder."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
import pytest

from kikimimi.audio.writing import write_wav
from kikimimi.encoders.contract import Encoder, EncoderCard, Encoding, FrameEncoding
from kikimimi.encoders.registry import create_encoder
from kikimimi.encoders.text.contract import TextEncoder, TextEncoderCard
from kikimimi.encoders.text.head import load_head
from kikimimi.errors import ConfigError
from kikimimi.pretraining.text_alignment import train
from kikimimi.pretraining.text_alignment.preparation import (
    SourceClip,
    all_clips,
    caption_sounds,
    hear_clips,
)
from kikimimi.pretraining.text_alignment.recipe import (
    AlignmentSettings,
    MixtureSettings,
    TextAlignmentRecipe,
)
from kikimimi.pretraining.text_alignment.train import check_never_heard
from kikimimi.training.loop import LoopSettings
from kikimimi.types import Clip, FloatArray

RATE = 1000
RECIPE = TextAlignmentRecipe(
    mixtures=MixtureSettings(versions=3),
    alignment=AlignmentSettings(hidden_size=4, batch_size=4),
    loop=LoopSettings(epochs=2, figures_every=0),
    background_count=5,
)


class Ear(Encoder):
    """Hears an engine where a clip is loud, and counts how often it is asked."""

    card = EncoderCard(
        name="ear",
        title="",
        paper="",
        licence="",
        training_data="",
        sample_rate_hz=RATE,
        embedding_size=2,
        frame_hop_s=1.0,
        window_s=5.0,
        vocabulary=("audioset/Rain", "audioset/Engine", "esc50/dog", "esc50/engine"),
    )
    weights_digest = "1"
    asked = 0

    def load(self) -> Self:
        return self

    def _encode(self, samples: FloatArray) -> Encoding:
        self.asked += len(samples)
        level = np.minimum(np.abs(samples).max(axis=1), 0.95).astype(np.float32)
        scores = np.stack([1 - level, level, 0 * level, 0 * level], axis=1)
        return Encoding(np.stack([level, np.sqrt(1 - level**2)], axis=1), scores)

    def _encode_frames(self, samples: FloatArray) -> FrameEncoding:
        raise NotImplementedError


class Reader(TextEncoder):
    """Draws a vector for each sentence from its letters."""

    card = TextEncoderCard("reader", "", "", "", embedding_size=6, most_tokens=9)
    weights_digest = "2"

    def load(self) -> Self:
        return self

    def _embed(self, texts: Sequence[str]) -> FloatArray:
        seeds = [int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) for text in texts]
        rows = np.stack([np.random.default_rng(seed).standard_normal(6) for seed in seeds])
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def clips(tmp_path: Path) -> list[SourceClip]:
    """Three dogs, then quiet and loud effects."""
    found = []
    for number, (level, category) in enumerate(
        [(0.1, "dog"), (0.2, "dog"), (0.3, "dog"), (0.05, None), (0.9, None), (0.1, None)]
    ):
        path = tmp_path / "clips" / f"effect {number} thing.wav"
        path.parent.mkdir(exist_ok=True)
        write_wav(path, Clip(np.full((1, 700), level, np.float32), RATE))
        found.append(SourceClip(path, 0, category))
    return found


def test_a_head_is_trained_written_and_read(
    clips: list[SourceClip], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "load_text_encoder", lambda name: Reader())
    ear, folder = Ear(), tmp_path / "run"
    head = train.align(clips, ear, RECIPE, folder, cache=tmp_path / "cache")
    assert ear.asked == len(clips) * RECIPE.mixtures.versions
    assert head.config.background_count == 5
    read = load_head(folder / "text_head", encoder_digest="1", text_identity=Reader().identity)
    sentences = Reader().embed_texts(["rain falls", "a dog barks"])
    np.testing.assert_allclose(read.query(sentences), head.query(sentences), atol=2e-3)
    again = train.align(clips, ear, RECIPE, folder, cache=tmp_path / "cache")
    assert ear.asked == len(clips) * RECIPE.mixtures.versions
    np.testing.assert_array_equal(again.query(sentences), head.query(sentences))


def test_what_is_held_out_is_neither_heard_nor_told(
    clips: list[SourceClip], tmp_path: Path
) -> None:
    recipe = replace(RECIPE, held_out=("engine",))
    kept, heard = hear_clips(clips, Ear(), recipe, cache=tmp_path)
    assert [clip.path.name for clip in kept] == [
        clip.path.name for clip in clips if "4" not in clip.path.name
    ]
    captioned = caption_sounds(kept, heard, Ear(), Reader(), recipe)
    assert captioned.captions
    told = {tag for caption in captioned.captions for tag in caption.tags}
    assert told <= {0, 2}
    assert not any("engine" in caption.text for caption in captioned.captions)


def test_labels_say_what_a_version_holds(clips: list[SourceClip], tmp_path: Path) -> None:
    kept, heard = hear_clips(clips, Ear(), RECIPE, cache=tmp_path)
    captioned = caption_sounds(kept, heard, Ear(), Reader(), RECIPE)
    for version, holds in zip(heard.versions, captioned.holds, strict=True):
        assert holds[2] == float(any(clip < 3 for clip in version.clips))


def test_effects_are_left_out_by_the_words_of_their_names(shared_folder: Path) -> None:
    some = replace(RECIPE, extra_audio=("kenney_ui",))
    everything = all_clips(shared_folder, some)
    held_out = all_clips(shared_folder, replace(some, held_out=("mouse_click", "dog")))
    gone = {clip.path.stem for clip in everything} - {clip.path.stem for clip in held_out}
    assert any(stem.startswith("click") for stem in gone)
    assert sum(clip.category == "dog" for clip in everything) == 40
    assert not any(clip.category == "dog" for clip in held_out)


def test_an_encoder_that_has_learned_what_is_held_out_is_refused() -> None:
    encoder = create_encoder("kikimimi")
    check_never_heard(encoder, ())
    with pytest.raises(ConfigError, match="kikimimi: has learned hen, engine, which"):
        check_never_heard(encoder, ("hen", "engine"))
