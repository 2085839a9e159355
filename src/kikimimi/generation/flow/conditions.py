"""What the training sounds are: labels, embeddings of sounds, embeddings of words.

Axes: S sounds, K classes, B examples, E size of an embedding.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from kikimimi.audio.reading import read_clip
from kikimimi.encoders.contract import Encoder
from kikimimi.errors import AudioError
from kikimimi.files import draft_of
from kikimimi.generation.flow.transformer import FlowCondition, Given
from kikimimi.types import FloatArray

_WINDOW_S = 5.0

_NOTHING_SHARE = 0.1
"""Of the examples that are heard without a condition, which guidance needs."""
_SHARES = {Given.LABEL: 0.5, Given.SOUND: 0.3, Given.TEXT: 0.2}
"""Of the others, as far as a sound has them."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What can be told of the sounds of a bank."""

    labels: Tensor
    """(S,), -1 for none."""
    sounds: Tensor
    """(S, E), of length 1."""
    words: Tensor | None
    """(K, E) of the names of the classes; None where the encoder knows no words."""

    def drawn(self, numbers: Tensor, generator: np.random.Generator) -> FlowCondition:
        """A condition for each example (B,), each of a kind drawn at random."""
        labels = self.labels[numbers]
        kinds = [self._kind(int(label), generator) for label in labels]
        return self.condition(numbers, torch.tensor([int(kind) for kind in kinds]))

    def condition(self, numbers: Tensor, given: Tensor) -> FlowCondition:
        """Conditions (B,) of the kinds `given`."""
        labels, embeddings = self.labels[numbers], self.sounds[numbers].clone()
        if self.words is not None:
            by_words = given == Given.TEXT
            embeddings[by_words] = self.words[labels[by_words]]
        return FlowCondition(given, labels, embeddings)

    def best_given(self, numbers: Tensor) -> Tensor:
        """Labels where there are any, else embeddings: (B,)."""
        labelled = self.labels[numbers] >= 0
        return torch.where(labelled, int(Given.LABEL), int(Given.SOUND))

    def _kind(self, label: int, generator: np.random.Generator) -> Given:
        if generator.random() < _NOTHING_SHARE:
            return Given.NOTHING
        possible = {Given.SOUND: _SHARES[Given.SOUND]}
        if label >= 0:
            possible[Given.LABEL] = _SHARES[Given.LABEL]
            if self.words is not None:
                possible[Given.TEXT] = _SHARES[Given.TEXT]
        shares = np.array(list(possible.values()))
        return list(possible)[int(generator.choice(len(possible), p=shares / shares.sum()))]


def words_of_classes(encoder: Encoder, classes: Sequence[str]) -> FloatArray | None:
    """Embeddings (K, E) of sentences with the names; None where the encoder knows no words."""
    if not classes:
        return None
    return encoder.text_query([f"the sound of {name.replace('_', ' ')}" for name in classes])


def embed_sounds(
    paths: Sequence[Path], encoder: Encoder, *, longest_s: float, cache: Path
) -> FloatArray:
    """Embeddings (S, E) of files, the mean over stretches of 5 s; 0 for those that cannot be read.

    They are kept in a file of `cache` that is named after the encoder and the files.
    """
    place = cache / f"generation-{_digest(paths, encoder.identity, longest_s)}.npy"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        rows = [_embedding(path, encoder, longest_s) for path in paths]
        with draft_of(place) as draft, draft.open("wb") as file:
            np.save(file, np.stack(rows))
    return np.load(place, allow_pickle=False)


def sound_embedding(samples: FloatArray, encoder: Encoder) -> FloatArray:
    """Embedding (E,) of length 1 of samples (T,) at the encoder's rate."""
    size = round(_WINDOW_S * encoder.card.sample_rate_hz)
    stretches = [samples[at : at + size] for at in range(0, len(samples), size)]
    # what is left at the end is heard alone only where there is nothing else
    whole = [each for each in stretches if len(each) == size] or stretches[:1]
    mean = encoder.embed_clips(np.stack(whole)).mean(axis=0)
    return (mean / max(float(np.linalg.norm(mean)), 1e-6)).astype(np.float32)


def _embedding(path: Path, encoder: Encoder, longest_s: float) -> FloatArray:
    rate_hz = encoder.card.sample_rate_hz
    try:
        clip = read_clip(path, sample_rate_hz=rate_hz, mono=True, end_s=longest_s)
    except AudioError:
        return np.zeros(encoder.card.embedding_size, np.float32)
    return sound_embedding(clip.samples[0], encoder)


def _digest(paths: Sequence[Path], identity: str, longest_s: float) -> str:
    described = [[str(path.absolute()), *_facts(path)] for path in paths]
    text = json.dumps([described, identity, longest_s])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _facts(path: Path) -> tuple[int, int]:
    try:
        facts = path.stat()
    except OSError:
        return 0, 0
    return facts.st_size, facts.st_mtime_ns
