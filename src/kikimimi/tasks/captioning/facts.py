"""What is known of a sound before it is put into words."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kikimimi.audio.reading import read_clip
from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.file_embedding import auto_tags, embed_file
from kikimimi.encoders.vocabulary import Language, display_name
from kikimimi.errors import EncoderError
from kikimimi.tasks.captioning.acoustics import Acoustics, measure
from kikimimi.types import Tag

HEARD_S = 60.0
"""Level, repetitions and changes are those of the first minute."""


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """Tags, the highest score first, the length, and what could be measured."""

    tags: tuple[Tag, ...]
    duration_s: float
    acoustics: Acoustics

    def as_record(self, language: Language) -> dict[str, Any]:
        """The facts as plain values, tags under their names in a language."""
        return {
            "tags": [
                {"name": display_name(tag.name, language), "score": round(tag.score, 2)}
                for tag in self.tags
            ],
            "duration_s": round(self.duration_s, 2),
            "level_db": round(self.acoustics.level_db, 1),
            "events": self.acoustics.events,
            "change": self.acoustics.change,
        }


def sound_facts(path: Path, encoder: Encoder) -> SoundFacts:
    """Listen to a file.

    Raises:
        AudioError: the file cannot be read.
        EncoderError: its samples are not finite, or the encoder gives no tags.
    """
    if not encoder.card.vocabulary:
        raise EncoderError(f"the encoder '{encoder.card.name}' gives no tags; choose another")
    embedded = embed_file(path, encoder)
    rate = encoder.card.sample_rate_hz
    clip = read_clip(path, sample_rate_hz=rate, mono=True, end_s=HEARD_S)
    return SoundFacts(
        tags=auto_tags(embedded.tag_scores, encoder.card.vocabulary),
        duration_s=embedded.duration_s,
        acoustics=measure(clip.samples[0], rate),
    )
