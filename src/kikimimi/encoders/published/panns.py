"""CNN14, CNN10 and CNN6 of PANNs: 2048 or 512 numbers and 527 AudioSet tags.

Kong et al., "PANNs: large-scale pretrained audio neural networks for audio pattern recognition",
IEEE/ACM TASLP 2020; checkpoints at Zenodo, record 3987831, CC BY 4.0, code MIT. The checkpoints
carry their front end as tensors (`spectrogram_extractor`, `logmel_extractor`): they are left
unread, because our log-mel gives the same.

A clip of any length is heard as a whole, as it was in training with 10 s; one shorter than a frame
of the last map is filled up with silence. Digests are those that Zenodo gives; the SHA-256 of CNN14
is the one under which that file is known in public. None could be compared with a download here.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from kikimimi.encoders.contract import Encoding, FrameEncoding
from kikimimi.encoders.published.checkpoints import tensors_in
from kikimimi.encoders.published.encoder import PublishedEncoder
from kikimimi.encoders.published.source import PublishedCard, WeightsSource
from kikimimi.encoders.registry import register
from kikimimi.encoders.vocabulary import audioset_527
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import CNN14_32K
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from torch import Tensor, nn

FRONT_END_PREFIXES = ("spectrogram_extractor.", "logmel_extractor.", "spec_augmenter.")
"""Beginnings of the names in a published checkpoint that are not read."""

_PAPER = "Kong et al., PANNs: large-scale pretrained audio neural networks, 2020"
_LICENCE = "weights CC BY 4.0; code MIT"
_DATA = "AudioSet (1.9 million clips, 527 classes)"
_CLASSIFIER = "fc_audioset"
_EVENTS = tuple(entry.tag for entry in audioset_527())
_WINDOW_S = 10.0


class PannsEncoder(PublishedEncoder):
    """What the three have in common; each is a card and the name of a network."""

    builds_empty = True
    network_name: ClassVar[str]
    blocks: ClassVar[int]

    def __init__(self, weights: Path | None = None, *, fetch: bool = False) -> None:
        super().__init__(weights, fetch=fetch)
        self._log_mel = LogMel(CNN14_32K)

    def build(self) -> "nn.Module":
        """The network and its classifier."""
        from torch import nn

        from kikimimi.networks.registry import create_network

        network = create_network(self.network_name)
        classifier = nn.Linear(network.embedding_size, len(_EVENTS))
        return nn.ModuleDict({"network": network, _CLASSIFIER: classifier})

    def state_from_checkpoint(self, checkpoint: Mapping[str, Any]) -> "dict[str, Tensor]":
        """The tensors of `{"model": ...}` without those of the front end."""
        return {
            name if name.startswith(_CLASSIFIER) else f"network.{name}": value
            for name, value in tensors_in(checkpoint, "model").items()
            if not name.startswith(FRONT_END_PREFIXES)
        }

    def _encode(self, samples: FloatArray) -> Encoding:
        import torch

        network, classifier = self._parts()
        embeddings, scores = [], []
        with torch.inference_mode():
            for log_mel in self._log_mels(samples):
                embedding = network(log_mel)
                embeddings.append(embedding.numpy())
                scores.append(classifier(embedding).sigmoid().numpy())
        return Encoding(np.concatenate(embeddings), np.concatenate(scores))

    def _encode_frames(self, samples: FloatArray) -> FrameEncoding:
        """Each frame of the last map as a clip of its own."""
        import torch

        network, _ = self._parts()
        with torch.inference_mode():
            maps = [network.frames(log_mel)[0] for log_mel in self._log_mels(samples)]
            frames = np.stack([network.embed(rows[:, None]).numpy() for rows in maps])
        centres = (np.arange(frames.shape[1]) + 0.5) * self.card.frame_hop_s
        inside = np.minimum(centres, samples.shape[1] / self.card.sample_rate_hz)
        return FrameEncoding(frames, inside.astype(np.float32))

    @property
    def layer_names(self) -> tuple[str, ...]:
        """The convolution blocks, each after its pooling."""
        return tuple(f"conv_block{number}" for number in range(1, self.blocks + 1))

    def _embed_layers(self, samples: FloatArray, names: tuple[str, ...]) -> dict[str, FloatArray]:
        import torch

        from kikimimi.encoders.layer_maps import wanted_rows

        network, _ = self._parts()
        parts: dict[str, list[FloatArray]] = {name: [] for name in names}
        with torch.inference_mode():
            for log_mel in self._log_mels(samples):
                for name, rows in wanted_rows(network.layer_maps(log_mel), names):
                    parts[name].append(rows)
        return {name: np.concatenate(rows) for name, rows in parts.items()}

    def _parts(self) -> "tuple[Any, nn.Module]":
        return self.network["network"], self.network[_CLASSIFIER]

    def _log_mels(self, samples: FloatArray) -> "Iterator[Tensor]":
        """Spectrograms (1, 64, N) clip by clip, N at least a frame of the last map."""
        import torch

        shortest = (_frame_stride(self.blocks) - 1) * CNN14_32K.hop_length
        missing = max(0, shortest - samples.shape[1])
        log_mel = self._log_mel(np.pad(samples, ((0, 0), (0, missing))))
        for clip in log_mel:
            yield torch.from_numpy(clip[None])


def _frame_stride(blocks: int) -> int:
    """Mel frames for one frame of the last map: all blocks but a sixth pool by 2."""
    return 2 ** min(blocks, 5)


def _source(file_name: str, *, md5: str, **facts: Any) -> WeightsSource:
    return WeightsSource(
        url=f"https://zenodo.org/records/3987831/files/{file_name}?download=1",
        file_name=file_name,
        md5=md5,
        layout='PANNs: {"model": {"conv_block1.conv1.weight": ...}}',
        **facts,
    )


def _card(name: str, title: str, *, size: int, blocks: int, **facts: Any) -> PublishedCard:
    return PublishedCard(
        name=name,
        title=title,
        paper=_PAPER,
        licence=_LICENCE,
        training_data=_DATA,
        sample_rate_hz=CNN14_32K.sample_rate_hz,
        embedding_size=size,
        frame_hop_s=_frame_stride(blocks) * CNN14_32K.frame_hop_s,
        window_s=_WINDOW_S,
        vocabulary=_EVENTS,
        **facts,
    )


@register
class Cnn14Encoder(PannsEncoder):
    """CNN14, 2048-d, 0.431 mAP on AudioSet."""

    network_name = "cnn14"
    blocks = 6
    card: ClassVar[PublishedCard] = _card(
        "cnn14",
        "CNN14 of PANNs (AudioSet, 0.431 mAP)",
        size=2048,
        blocks=6,
        parameters=80_753_615,
        source=_source(
            "Cnn14_mAP=0.431.pth",
            size_bytes=327_428_481,
            md5="541141fa2ee191a88f24a3219fff024e",
            sha256="0dc499e40e9761ef5ea061ffc77697697f277f6a960894903df3ada000e34b31",
        ),
    )


@register
class Cnn10Encoder(PannsEncoder):
    """CNN10, 512-d, 0.380 mAP on AudioSet."""

    network_name = "cnn10"
    blocks = 4
    card: ClassVar[PublishedCard] = _card(
        "cnn10",
        "CNN10 of PANNs (AudioSet, 0.380 mAP)",
        size=512,
        blocks=4,
        parameters=5_219_279,
        source=_source("Cnn10_mAP=0.380.pth", md5="bfb1f1f9968938fa8ef4012b8471f5f6"),
    )


@register
class Cnn6Encoder(PannsEncoder):
    """CNN6, 512-d, 0.343 mAP on AudioSet."""

    network_name = "cnn6"
    blocks = 4
    card: ClassVar[PublishedCard] = _card(
        "cnn6",
        "CNN6 of PANNs (AudioSet, 0.343 mAP)",
        size=512,
        blocks=4,
        parameters=4_837_455,
        source=_source("Cnn6_mAP=0.343.pth", md5="e25e26b84585b14c7754c91e48efc9be"),
    )
