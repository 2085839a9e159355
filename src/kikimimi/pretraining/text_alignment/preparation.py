"""Clips to learn from, and their versions with captions.

Axes: V versions, K tags.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from kikimimi.audio.discovery import is_audio_path
from kikimimi.datasets import esc50
from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.text.contract import TextEncoder
from kikimimi.pretraining.text_alignment.alignment import CaptionedSounds
from kikimimi.pretraining.text_alignment.captions import (
    Caption,
    CaptionWriter,
    HeardClip,
    name_words,
    names_one_of,
    tags_like,
)
from kikimimi.pretraining.text_alignment.heard import Heard, Progress, hear
from kikimimi.pretraining.text_alignment.recipe import NO_FOLD, TextAlignmentRecipe
from kikimimi.types import FloatArray

_CLEAR_SCORE = 0.2
"""An effect in which a held-out tag has this score is left out."""

_CLASS_SCORE = 0.3
"""An effect holds a class as far as the encoder says, from this score on."""


@dataclass(frozen=True, slots=True)
class SourceClip:
    """A clip to learn from; `category` is its class of ESC-50, None for an effect."""

    path: Path
    fold: int
    category: str | None


def all_clips(shared: Path, recipe: TextAlignmentRecipe) -> list[SourceClip]:
    """The clips of ESC-50 and the effects, without the held-out classes and their words."""
    labelled = [
        SourceClip(clip.path, clip.fold, clip.label)
        for clip in esc50.clips(shared / "data" / "esc50")
        if clip.label not in recipe.held_out
    ]
    effects = [
        SourceClip(path, NO_FOLD, None)
        for folder in recipe.extra_audio
        for path in sorted((shared / "data" / "sfx" / folder).rglob("*"))
        if path.is_file() and is_audio_path(path)
        if not names_one_of(name_words(path), recipe.held_out)
    ]
    return labelled + effects


def hear_clips(
    clips: Sequence[SourceClip],
    encoder: Encoder,
    recipe: TextAlignmentRecipe,
    *,
    cache: Path,
    progress: Progress | None = None,
) -> tuple[list[SourceClip], Heard]:
    """The clips that may be learned from, and all their versions.

    Effects in which something held out is heard clearly are left out.
    """
    kept = list(clips)
    forbidden = tags_like(encoder.card.vocabulary, recipe.held_out)
    if forbidden:
        plain = replace(recipe.mixtures, versions=1)
        paths = [clip.path for clip in clips]
        scores = hear(paths, encoder, plain, cache=cache, progress=progress).tag_scores
        clear = scores[:, list(forbidden)].max(axis=1) >= _CLEAR_SCORE
        kept = [
            clip
            for clip, heard_there in zip(clips, clear.tolist(), strict=True)
            if clip.category is not None or not heard_there
        ]
    paths = [clip.path for clip in kept]
    return kept, hear(paths, encoder, recipe.mixtures, cache=cache, progress=progress)


def caption_sounds(
    clips: Sequence[SourceClip],
    heard: Heard,
    encoder: Encoder,
    text_encoder: TextEncoder,
    recipe: TextAlignmentRecipe,
) -> CaptionedSounds:
    """Write captions for all versions, and embed each sentence once."""
    vocabulary = encoder.card.vocabulary
    class_tags = [
        None if clip.category is None else vocabulary.index(f"esc50/{clip.category}")
        for clip in clips
    ]
    clean = heard.tag_scores[:: recipe.mixtures.versions]
    known = [
        HeardClip(class_tag, scores, "" if clip.category else name_words(clip.path))
        for clip, class_tag, scores in zip(clips, class_tags, clean, strict=True)
    ]
    writer = CaptionWriter(vocabulary, recipe.held_out, recipe.captions)
    captions, of_version = _write(writer, known, heard, recipe)
    return CaptionedSounds(
        embeddings=heard.embeddings,
        holds=_holds(heard, class_tags, vocabulary),
        captions=captions,
        text_embeddings=text_encoder.embed_texts([caption.text for caption in captions]),
        of_version=of_version,
    )


def _write(
    writer: CaptionWriter, known: Sequence[HeardClip], heard: Heard, recipe: TextAlignmentRecipe
) -> tuple[list[Caption], list[np.ndarray]]:
    """All different captions, and the numbers of those of each version."""
    numbers: dict[Caption, int] = {}
    of_version = []
    for row, version in enumerate(heard.versions):
        generator = np.random.default_rng((recipe.captions.seed, row))
        sounds = [known[clip] for clip in version.clips]
        written = [writer.write(sounds, generator) for _ in range(recipe.captions.each)]
        own = [numbers.setdefault(each, len(numbers)) for each in written if each is not None]
        of_version.append(np.array(own, dtype=np.int64))
    return list(numbers), of_version


def _holds(heard: Heard, class_tags: Sequence[int | None], vocabulary: Sequence[str]) -> FloatArray:
    """How surely each version holds each tag (V, K): labels where there are any, else scores."""
    holds = heard.tag_scores.copy()
    classes = np.array([tag.startswith("esc50/") for tag in vocabulary])
    for row, version in enumerate(heard.versions):
        labels = [class_tags[clip] for clip in version.clips]
        unsure = holds[row] < _CLASS_SCORE
        holds[row, classes & unsure] = 0
        if None not in labels:
            holds[row, classes] = 0
        for label in labels:
            if label is not None:
                holds[row, label] = 1
    return holds
