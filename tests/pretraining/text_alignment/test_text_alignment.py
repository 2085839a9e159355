"""Captions, mixtures and the alignment of sentences with a frozen encoder."""

from pathlib import Path

import numpy as np
import pytest
import torch

from kikimimi.encoders.contract import Encoding
from kikimimi.encoders.placeholder import PlaceholderEncoder
from kikimimi.pretraining.text_alignment.alignment import (
    Alignment,
    CaptionedSounds,
    soft_cross_entropy,
)
from kikimimi.pretraining.text_alignment.captions import (
    Caption,
    CaptionWriter,
    HeardClip,
    name_words,
    phrases_of,
    tags_like,
)
from kikimimi.pretraining.text_alignment.mixtures import Version, draw_versions, version_samples
from kikimimi.pretraining.text_alignment.recipe import (
    AlignmentSettings,
    CaptionSettings,
    MixtureSettings,
    TextAlignmentRecipe,
)
from kikimimi.training.config import load_recipe
from kikimimi.training.loop import LoopSettings, fit
from kikimimi.training.optimisers import OptimiserSettings
from kikimimi.training.run_folder import RunFolder

RATE = 1000
TAGS = ("audioset/Rain", "audioset/Engine", "esc50/dog", "esc50/engine")
RECIPES = Path(__file__).parents[3] / "recipes" / "text"


def test_versions_are_the_clip_itself_and_then_mixtures_with_others() -> None:
    settings = MixtureSettings(versions=4, sounds=(0.0, 0.5, 0.5))
    versions = draw_versions(5, settings)
    assert versions == draw_versions(5, settings)
    assert len(versions) == 20
    assert versions[::4] == [Version((c,), (), (0.0,), 0.0) for c in range(5)]
    for row, version in enumerate(versions):
        assert version.clips[0] == row // 4
        assert len(set(version.clips)) == len(version.clips)
        assert len(version.weaker_db) == len(version.clips) - 1
        if row % 4:
            assert len(version.clips) in (2, 3)


def test_a_mixture_holds_its_sounds_at_the_drawn_levels() -> None:
    time = np.arange(2 * RATE) / RATE
    first = np.sin(2 * np.pi * 50 * time).astype(np.float32) * 0.1
    second = np.sin(2 * np.pi * 120 * time).astype(np.float32) * 0.5
    version = Version((0, 1), (6.0,), (0.0, 0.0), gain_db=-6.0)
    mixed = version_samples(version, [first, second], RATE)
    spectrum = np.abs(np.fft.rfft(mixed)) / RATE
    level_50, level_120 = 20 * np.log10([spectrum[100], spectrum[240]])
    assert level_50 == pytest.approx(-26, abs=0.1)
    assert level_120 - level_50 == pytest.approx(-6, abs=0.1)


def test_versions_are_short_and_never_clip() -> None:
    loud = np.ones(20 * RATE, np.float32)
    mixed = version_samples(Version((0, 1), (0.0,), (0.3, 0.9), 6.0), [loud, loud], RATE)
    assert len(mixed) == 5 * RATE
    assert np.abs(mixed).max() <= 1


def test_silence_is_mixed_with_nothing() -> None:
    silent, tone = np.zeros(RATE, np.float32), np.ones(RATE, np.float32)
    version = Version((0, 1), (0.0,), (0.0, 0.0), 0.0)
    assert not version_samples(version, [silent, tone], RATE).any()


def writer(**settings: float) -> CaptionWriter:
    return CaptionWriter(TAGS, held_out=("engine",), settings=CaptionSettings(**settings))


def heard(*scores: float, class_tag: int | None = None, words: str = "") -> HeardClip:
    return HeardClip(class_tag, np.array(scores, np.float32), words)


def test_captions_tell_the_tags_that_they_name() -> None:
    generator = np.random.default_rng(0)
    dog, rain = heard(0, 0, 0, 0, class_tag=2), heard(0.8, 0, 0, 0)
    told = [writer().write([dog, rain], generator) for _ in range(30)]
    assert {caption.tags for caption in told if caption} == {(2, 0)}
    texts = {caption.text for caption in told if caption}
    assert len(texts) > 10
    assert any(" while " in text for text in texts)


def test_forbidden_tags_are_never_told() -> None:
    generator = np.random.default_rng(0)
    engine = heard(0.2, 0.9, 0, 0)
    for _ in range(40):
        caption = writer().write([engine], generator)
        assert caption is not None
        assert caption.tags == (0,)


def test_sounds_that_cannot_be_told_give_no_caption() -> None:
    assert writer().write([heard(0.05, 0.9, 0, 0)], np.random.default_rng(0)) is None


def test_an_effect_may_be_told_by_its_name() -> None:
    named = heard(0.9, 0, 0, 0, words="door open")
    caption = writer(name_probability=1.0).write([named], np.random.default_rng(0))
    assert caption == Caption("door open")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("RPG sounds (50 sounds)/bookPlace3.ogg", "rpg sounds book place"),
        ("rse/Footsteps_Gravel-02.wav", "rse footsteps gravel"),
        ("00/07.wav", ""),
    ],
)
def test_words_of_a_file_name(path: str, words: str) -> None:
    assert name_words(Path(path)) == words


def test_tags_called_after_a_held_out_class_are_found() -> None:
    assert tags_like(TAGS, ("engine",)) == (1, 3)
    assert tags_like(TAGS, ()) == ()
    near = ("audioset/Light engine (high frequency)", "audioset/Jingle bell", "esc50/siren")
    assert tags_like(near, ("engine", "church_bells")) == (0, 1)


def test_phrases_that_name_a_held_out_class_are_left_out() -> None:
    assert "the siren of a fire engine" in phrases_of("esc50/siren").clauses
    phrases = phrases_of("esc50/siren", ("engine",))
    assert not any("engine" in phrase for phrase in phrases.all)
    assert "a siren wails" in phrases.clauses


def test_belonging_is_the_least_of_the_tags_and_the_same_words() -> None:
    data = CaptionedSounds(
        embeddings=np.eye(3, dtype=np.float32),
        holds=np.array([[1, 0.5], [0.2, 1], [0, 0]], np.float32),
        captions=[Caption("a", (0, 1)), Caption("b", (0,)), Caption("door open")],
        text_embeddings=np.eye(3, dtype=np.float32),
        of_version=[np.array([0]), np.array([1]), np.array([2])],
    )
    belonging = data.belonging(np.array([0, 1, 2]), np.array([0, 1, 2]))
    np.testing.assert_allclose(belonging, [[0.5, 0.2, 0], [1, 0.2, 0], [0, 0, 1]])


def test_loss_of_one_positive_a_row_is_that_of_info_nce() -> None:
    torch.manual_seed(0)
    logits = torch.randn(6, 6)
    expected = torch.nn.functional.cross_entropy(logits, torch.arange(6))
    torch.testing.assert_close(soft_cross_entropy(logits, torch.eye(6)), expected)


def kinds_of_sound(seed: int) -> CaptionedSounds:
    """Eight kinds, each with sounds near one direction and sentences near another."""
    generator = np.random.default_rng(seed)
    directions = np.random.default_rng(7)
    sounds = directions.standard_normal((8, 6)).repeat(16, axis=0)
    texts = directions.standard_normal((8, 10)).repeat(16, axis=0)
    kinds = np.arange(8).repeat(16)

    def unit(rows: np.ndarray) -> np.ndarray:
        noisy = rows + 0.1 * generator.standard_normal(rows.shape)
        return (noisy / np.linalg.norm(noisy, axis=1, keepdims=True)).astype(np.float32)

    return CaptionedSounds(
        embeddings=unit(sounds),
        holds=np.eye(8, dtype=np.float32)[kinds],
        captions=[Caption(str(number), (int(kind),)) for number, kind in enumerate(kinds)],
        text_embeddings=unit(texts),
        of_version=[np.array([number]) for number in range(len(kinds))],
    )


def test_alignment_learns_which_sentences_tell_of_which_sounds(tmp_path: Path) -> None:
    settings = AlignmentSettings(hidden_size=32, dropout=0.0, batch_size=32)
    alignment = Alignment(kinds_of_sound(0), settings, seed=0)
    loop = LoopSettings(epochs=15, ema_decay=None, figures_every=0)
    fit(
        alignment,
        loop,
        RunFolder(tmp_path / "run"),
        optimiser=OptimiserSettings(lr=5e-3),
        progress=False,
    )
    unheard = kinds_of_sound(1)
    queries = alignment.network.head.query(unheard.text_embeddings[::16])
    nearest = (unheard.embeddings @ queries.T).argmax(axis=1)
    assert (nearest == np.arange(8).repeat(16)).mean() > 0.9


@pytest.mark.parametrize("name", ["base.yaml", "held_out.yaml"])
def test_recipes_are_read(name: str) -> None:
    recipe = load_recipe(RECIPES / name, TextAlignmentRecipe)
    assert len(recipe.held_out) == (10 if name == "held_out.yaml" else 0)


def test_an_encoder_without_words_says_so() -> None:
    encoder = PlaceholderEncoder().load()
    encoding = Encoding(np.ones((1, 4), np.float32), np.zeros((1, 0), np.float32))
    assert not encoder.knows_words
    assert encoder.text_query(["rain"]) is None
    assert encoder.label_logits(["rain"], encoding) is None
