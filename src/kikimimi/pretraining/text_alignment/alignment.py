"""The head learns which captions and versions belong together.

Symmetric InfoNCE with a learned temperature (Radford et al., "Learning Transferable Visual Models
From Natural Language Supervision", ICML 2021, figure 3), as in M2D-CLAP (Niizumi et al.,
Interspeech 2024), with soft targets in place of the identity: another version of which a caption is
true too is no negative, but belongs to it as far as it holds what is told.

Axes: B pairs, V versions, C captions, E size of a sentence embedding, D embedding size, K tags.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from kikimimi.encoders.text.head import TextHead, TextHeadConfig
from kikimimi.pretraining.text_alignment.captions import Caption
from kikimimi.pretraining.text_alignment.recipe import AlignmentSettings
from kikimimi.training.seeds import epoch_generator, seed_libraries
from kikimimi.training.trainable import Shard
from kikimimi.types import FloatArray

_MOST_SCALE = 100.0


@dataclass(frozen=True, slots=True)
class Pairs:
    """`texts` (B, E), `sounds` (B, D), and how much text i and sound j belong together (B, B)."""

    texts: Tensor
    sounds: Tensor
    belonging: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class CaptionedSounds:
    """Versions and their captions.

    `embeddings` (V, D); `holds` (V, K) in [0, 1], how surely a version holds each tag;
    `captions` C of them with `text_embeddings` (C, E); `of_version[v]` numbers the captions of v.
    """

    embeddings: FloatArray
    holds: FloatArray
    captions: Sequence[Caption]
    text_embeddings: FloatArray
    of_version: Sequence[np.ndarray]

    def belonging(self, captions: np.ndarray, versions: np.ndarray) -> FloatArray:
        """How far each caption is true of each version: (B,), (B,) -> (B, B) in [0, 1].

        A caption of tags is as true as the least of them; one of a file's name is true of the
        versions that were captioned with the same words.
        """
        told = [self.captions[number] for number in captions.tolist()]
        true = np.zeros((len(told), len(versions)), np.float32)
        holds = self.holds[versions]
        for row, caption in enumerate(told):
            if caption.tags:
                true[row] = holds[:, list(caption.tags)].min(axis=1)
            else:
                true[row] = captions == captions[row]
        return true


class AlignedHead(nn.Module):
    """The head, and the temperature that only the training needs."""

    def __init__(self, config: TextHeadConfig, settings: AlignmentSettings) -> None:
        super().__init__()
        self.head = TextHead(config, dropout=settings.dropout)
        self.log_scale = nn.Parameter(torch.tensor(-np.log(settings.temperature)).float())

    def scale(self) -> Tensor:
        """One over the temperature."""
        return self.log_scale.exp().clamp(max=_MOST_SCALE)


class Alignment:
    """Head, pairs and loss, as the training loop wants them."""

    def __init__(self, data: CaptionedSounds, settings: AlignmentSettings, *, seed: int) -> None:
        seed_libraries(seed)
        sizes = TextHeadConfig(
            sentence_size=data.text_embeddings.shape[1],
            hidden_size=settings.hidden_size,
            embedding_size=data.embeddings.shape[1],
        )
        self._aligned = AlignedHead(sizes, settings)
        self.network: nn.Module = self._aligned
        self._data, self._settings, self._seed = data, settings, seed
        self._rows = np.array([row for row, own in enumerate(data.of_version) if len(own)])

    def steps_per_epoch(self, world_size: int) -> int:
        """Full batches for each process."""
        return len(self._rows) // (self._settings.batch_size * world_size)

    def batches(self, epoch: int, shard: Shard) -> Iterator[Pairs]:
        """Every captioned version once, each with one of its captions."""
        generator = epoch_generator(self._seed, epoch)
        order = generator.permutation(self._rows)
        size = self._settings.batch_size
        for number in range(self.steps_per_epoch(shard.world_size)):
            first = (number * shard.world_size + shard.rank) * size
            yield self._pairs(order[first : first + size], generator)

    def _pairs(self, rows: np.ndarray, generator: np.random.Generator) -> Pairs:
        data, settings = self._data, self._settings
        captions = np.array([generator.choice(data.of_version[row]) for row in rows.tolist()])
        texts = data.text_embeddings[captions]
        noise = generator.standard_normal(texts.shape).astype(np.float32)
        belonging = data.belonging(captions, rows)
        own = np.arange(len(rows))
        belonging[own, own] = np.maximum(belonging[own, own], settings.own_weight)
        return Pairs(
            torch.from_numpy(texts + settings.noise * noise),
            torch.from_numpy(data.embeddings[rows]),
            torch.from_numpy(belonging),
        )

    def losses(self, batch: Pairs) -> dict[str, Tensor]:
        """The loss from texts to sounds and from sounds to texts, and their mean."""
        logits = self._aligned.scale() * self._aligned.head(batch.texts) @ batch.sounds.T
        to_sounds = soft_cross_entropy(logits, batch.belonging)
        to_texts = soft_cross_entropy(logits.T, batch.belonging.T)
        loss = (to_sounds + to_texts) / 2
        return {"loss": loss, "to_sounds": to_sounds, "to_texts": to_texts}

    def figures(self, network: nn.Module) -> dict[str, float]:
        """None: the number of epochs is fixed, and nothing is chosen by figures."""
        return {}


def soft_cross_entropy(logits: Tensor, weights: Tensor) -> Tensor:
    """Cross-entropy of rows (B, B) against `weights` brought to a sum of 1 in each row."""
    targets = weights / weights.sum(dim=1, keepdim=True)
    return -(targets * logits.log_softmax(dim=1)).sum(dim=1).mean()
