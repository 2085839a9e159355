"""The embedded encoders: small, quick on a CPU, their weights in the package.

Each is a MobileNet v1 that started from YAMNet's layers and was distilled on clips and effects
(`kikimimi.pretraining.default_encoder`). A clip is padded with silence to a multiple of 0.32 s, at
least 0.96 s.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from kikimimi.encoders.contract import Encoder, EncoderCard, Encoding, FrameEncoding
from kikimimi.encoders.hash_projection import HashProjection
from kikimimi.encoders.registry import DEFAULT_ENCODER, register, register_folders
from kikimimi.encoders.vocabulary import vocabulary
from kikimimi.encoders.weights import (
    CONFIG_NAME,
    embedded_folder,
    load_weights,
    read_config,
    read_hash_bits,
)
from kikimimi.errors import EncoderError
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import YAMNET
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from torch import Tensor

    from kikimimi.encoders.mobilenet import MobileNet
    from kikimimi.encoders.text.words import AlignedWords

ARCHITECTURE = "mobilenet_v1"
"""What `config.json` calls the network."""

_FRAME_SAMPLES = 32 * YAMNET.hop_length
_MIN_FRAMES = 3
_OVERHANG = YAMNET.win_length - YAMNET.hop_length
_BATCH = 4
_EVENTS = tuple(entry.tag for entry in vocabulary("audioset"))
_CLASSES = tuple(entry.tag for entry in vocabulary("esc50"))
_SILENCE = _EVENTS.index("audioset/Silence")
_COMMERCIAL_CLASSES = (
    *("dog", "rooster", "rain", "sea_waves", "crackling_fire"),
    *("crying_baby", "sneezing", "clock_tick", "helicopter", "chainsaw"),
)
"""The categories of ESC-10, whose clips are under CC BY 3.0."""


class EmbeddedEncoder(Encoder):
    """What the embedded encoders have in common; each subclass is a card and its weights.

    Args:
        folder: where the weights are; those that come with the package if not given.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or embedded_folder(self.card.name)
        self._network: MobileNet | None = None
        self._log_mel = LogMel(YAMNET)

    def load(self) -> Self:
        """Read the weights (4 million parameters), once."""
        if self._network is None:
            from kikimimi.encoders.mobilenet import MobileNet, MobileNetConfig

            classes = len(self.card.vocabulary) - len(_EVENTS)
            config = MobileNetConfig(class_count=classes, hash_bits=self.hash_bits)
            network = MobileNet(config)
            load_weights(self.folder, network, sha256=self.weights_digest)
            self._network = network.eval().requires_grad_(requires_grad=False)
        return self

    @cached_property
    def weights_digest(self) -> str:
        """SHA-256 that `config.json` gives; `load` checks that the weights are those."""
        return str(read_config(self.folder).get("weights_sha256", ""))

    @cached_property
    def hash_bits(self) -> tuple[int, ...]:
        """The lengths that `config.json` lists as `hash_bits`."""
        return read_hash_bits(self.folder)

    def _hash_projection(self, bits: int) -> HashProjection:
        layer = self._loaded().hash[str(bits)].state_dict()
        return HashProjection(layer["weight"].numpy().copy(), layer["bias"].numpy().copy())

    @cached_property
    def _words(self) -> "AlignedWords | None":
        from kikimimi.encoders.text.words import aligned_words

        return aligned_words(self.folder, encoder_digest=self.weights_digest)

    @property
    def knows_words(self) -> bool:
        """Whether there is a text head, and the extra `text` is installed."""
        return self._words is not None

    def text_query(self, texts: Sequence[str]) -> FloatArray | None:
        """Sentences through the sentence model and the text head; None without them."""
        return None if self._words is None else self._words.query(texts)

    def least_cosines(self, queries: FloatArray) -> FloatArray | None:
        """What few of the background sounds of the text head reach."""
        return None if self._words is None else self._words.least_cosines(queries)

    def label_logits(self, texts: Sequence[str], encoding: Encoding) -> FloatArray | None:
        """Cosines and likeness to the tags that are heard, both in standard deviations."""
        return None if self._words is None else self._words.label_logits(texts, encoding)

    def _encode(self, samples: FloatArray) -> Encoding:
        import torch

        from kikimimi.encoders.mobilenet import linear_softmax_pool

        network = self._loaded()
        embeddings, scores = [], []
        with torch.inference_mode():
            for features in self._features(samples):
                output = network.heads(features)
                events_over_time = torch.sigmoid(output.event_logits)
                events = linear_softmax_pool(events_over_time, dim=1)
                # pauses do not make a sound silent: only silence from end to end counts
                events[:, _SILENCE] = events_over_time[:, :, _SILENCE].amin(dim=1)
                classes = torch.sigmoid(output.class_logits)
                embeddings.append(output.embedding.numpy())
                scores.append(torch.cat([events, classes], dim=1).numpy())
        return Encoding(np.concatenate(embeddings), np.concatenate(scores))

    def _encode_frames(self, samples: FloatArray) -> FrameEncoding:
        import torch

        network = self._loaded()
        count = max(1, -(-samples.shape[1] // _FRAME_SAMPLES))
        with torch.inference_mode():
            frames = [network.embed_frames(f).numpy() for f in self._features(samples)]
        centres = (np.arange(count) + 0.5) * self.card.frame_hop_s
        last = samples.shape[1] / self.card.sample_rate_hz
        timestamps = np.minimum(centres, last).astype(np.float32)
        return FrameEncoding(np.concatenate(frames)[:, :count], timestamps)

    @property
    def tags_over_time(self) -> bool:
        """Yes: a decision for each frame, which hears about a second around it."""
        return True

    def _tag_frames(self, samples: FloatArray) -> FloatArray:
        import torch

        network = self._loaded()
        count = max(1, -(-samples.shape[1] // _FRAME_SAMPLES))
        parts = []
        with torch.inference_mode():
            for features in self._features(samples):
                logits = [network.event_logits(features), network.class_logits(features)]
                parts.append(torch.sigmoid(torch.cat(logits, dim=2)).numpy())
        return np.concatenate(parts)[:, :count]

    @property
    def layer_names(self) -> tuple[str, ...]:
        """The convolution at the entry and the 13 blocks of MobileNet, counted as in YAMNet."""
        from kikimimi.encoders.mobilenet import LAYER_NAMES

        return LAYER_NAMES

    def _embed_layers(self, samples: FloatArray, names: tuple[str, ...]) -> dict[str, FloatArray]:
        import torch

        from kikimimi.encoders.layer_maps import wanted_rows

        network = self._loaded()
        parts: dict[str, list[FloatArray]] = {name: [] for name in names}
        with torch.inference_mode():
            for log_mel in self._log_mels(samples):
                for name, rows in wanted_rows(network.layer_maps(log_mel), names):
                    parts[name].append(rows)
        return {name: np.concatenate(rows) for name, rows in parts.items()}

    def _loaded(self) -> "MobileNet":
        if self._network is None:
            raise EncoderError(f"encoder '{self.card.name}' is not loaded; call load() first")
        return self._network

    def _features(self, samples: FloatArray) -> "list[Tensor]":
        """Feature maps of a few clips at a time: (B, T) -> [(<= 4, M, 1024), ...]."""
        network = self._loaded()
        return [network.frame_features(log_mel) for log_mel in self._log_mels(samples)]

    def _log_mels(self, samples: FloatArray) -> "Iterator[Tensor]":
        """Spectrograms of a few clips at a time: (B, T) -> (<= 4, N, 64) each."""
        import torch

        log_mel = np.swapaxes(self._log_mel(pad_clips(samples)), 1, 2)
        for start in range(0, len(log_mel), _BATCH):
            yield torch.from_numpy(log_mel[start : start + _BATCH])


def pad_clips(samples: FloatArray) -> FloatArray:
    """Fill clips (B, T) up with silence to whole embedding frames, at least three."""
    frames = max(_MIN_FRAMES, -(-samples.shape[1] // _FRAME_SAMPLES))
    missing = frames * _FRAME_SAMPLES + _OVERHANG - samples.shape[1]
    return np.pad(samples, ((0, 0), (0, missing)))


@register
class DefaultEncoder(EmbeddedEncoder):
    """128-d embeddings of length 1, 521 AudioSet events and 50 ESC-50 classes as tags."""

    card: ClassVar[EncoderCard] = EncoderCard(
        name=DEFAULT_ENCODER,
        title="Kikimimi default (MobileNet v1, distilled from YAMNet)",
        paper="MobileNets (Howard et al., 2017); YAMNet (Plakal and Ellis, 2020)",
        licence="weights CC BY-NC 3.0 (trained on ESC-50); code Apache-2.0",
        training_data="ESC-50; Kenney, rse soundfx and Freedoom effects; YAMNet's scores",
        sample_rate_hz=YAMNET.sample_rate_hz,
        embedding_size=128,
        frame_hop_s=_FRAME_SAMPLES / YAMNET.sample_rate_hz,
        window_s=5.0,
        vocabulary=(*_EVENTS, *_CLASSES),
        embedded=True,
        parameters=4_035_355,
    )


@register
class PermissiveEncoder(EmbeddedEncoder):
    """The same network, trained only on audio whose licence allows commercial use."""

    card: ClassVar[EncoderCard] = replace(
        DefaultEncoder.card,
        name="kikimimi-permissive",
        title="Kikimimi for commercial use (MobileNet v1, distilled from YAMNet)",
        licence="weights CC BY 3.0 (attribution on the card); code Apache-2.0",
        training_data="ESC-10; Kenney, rse soundfx and Freedoom effects; YAMNet's scores",
        vocabulary=(*_EVENTS, *(f"esc50/{name}" for name in _COMMERCIAL_CLASSES)),
        parameters=4_030_195,
    )


@register_folders(ARCHITECTURE)
class LocalEncoder(EmbeddedEncoder):
    """The same network in a folder of the user's, as `pretraining.default_encoder` writes it.

    Args:
        folder: its `config.json` gives the name, the classes after the events, and the data.

    Raises:
        EncoderError: the configuration is missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        config = read_config(folder)
        try:
            classes = [str(name) for name in config["classes"]]
        except (KeyError, TypeError):
            raise EncoderError(
                f"{folder / CONFIG_NAME}: names no classes; export the encoder again"
            ) from None
        self.card = replace(  # type: ignore[misc]
            DefaultEncoder.card,
            name=str(config.get("name", folder.parent.name)).lower(),
            title="MobileNet v1, trained by the recipe of the default encoder",
            licence="that of the recordings it was trained on",
            training_data=str(config.get("training_data", "see the card in its folder")),
            vocabulary=(*_EVENTS, *classes),
            embedded=False,
        )
        super().__init__(folder)

    @property
    def reference(self) -> str:
        """The folder."""
        return str(self.folder)
