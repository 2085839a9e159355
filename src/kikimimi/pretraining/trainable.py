"""A method with its sounds, as the training loop wants it.

Axes: B examples, V views, T samples, F mel bands, N frames, E size of a text's embedding.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from kikimimi.errors import ConfigError
from kikimimi.features.config import LogMelConfig
from kikimimi.features.front_end import FrontEnd
from kikimimi.pretraining.captions import Captions
from kikimimi.pretraining.crops.batches import CropStream
from kikimimi.pretraining.method import Examples, Method
from kikimimi.training.seeds import epoch_generator
from kikimimi.training.state import LoopSettings
from kikimimi.training.trainable import Shard

_CAPTION_STREAM = 2


@dataclass(frozen=True, slots=True)
class Heard:
    """A batch as it goes to the device: `samples` (B, V, T), `texts` (B, E) or None."""

    samples: Tensor
    texts: Tensor | None = field(default=None)


class Pretraining(nn.Module):
    """The method and the normalisation of what it hears, which are saved together.

    Args:
        method: what is trained.
        front_end: makes spectrograms.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, method: Method, front_end: LogMelConfig) -> None:
        super().__init__()
        self.method = method
        self._front_end = FrontEnd(front_end)
        self.register_buffer("mean", torch.zeros((), dtype=torch.float64))
        self.register_buffer("scale", torch.ones((), dtype=torch.float64))

    def set_normalisation(self, mean: float, scale: float) -> None:
        """Spectrograms become (x - mean) / scale.

        Raises:
            ConfigError: the scale is 0 or no number.
        """
        if not scale > 0:
            raise ConfigError(
                "the sounds do not differ, so their spectrograms cannot be normalised; look "
                "whether the files are silent"
            )
        self.mean.fill_(mean)
        self.scale.fill_(scale)

    def log_mel(self, samples: Tensor) -> Tensor:
        """(B, T) -> (B, F, N), N = T / hop: the frame centred on the very end is left out."""
        frames = frame_count(samples.shape[-1], self._front_end.config)
        spectrograms = self._front_end(samples)[..., :frames]
        return (spectrograms - self.mean.float()) / self.scale.float()

    def examples(self, heard: Heard) -> Examples:
        """What the method learns from."""
        clips, views, _ = heard.samples.shape
        log_mel = self.log_mel(heard.samples.flatten(0, 1)).unflatten(0, (clips, views))
        return Examples(heard.samples, log_mel, heard.texts)


class PretrainingTrainable:
    """Trains a method on a stream of crops.

    Args:
        network: the method with its normalisation.
        stream: the crops.
        captions: of the files of the stream; None without.
        loop: seed and length of the training.
    """

    def __init__(
        self,
        network: Pretraining,
        stream: CropStream,
        captions: Captions | None = None,
        *,
        loop: LoopSettings,
    ) -> None:
        self.network: nn.Module = network
        self._pretraining, self._stream = network, stream
        self._captions, self._loop = captions, loop

    def steps_per_epoch(self, world_size: int) -> int:
        """Batches of an epoch for each process."""
        return self._stream.steps_per_epoch(world_size)

    def batches(self, epoch: int, shard: Shard) -> Iterator[Heard]:
        """Each file is visited once."""
        steps = self.steps_per_epoch(shard.world_size)
        self._pretraining.method.total_steps = self._loop.epochs * steps
        generator = epoch_generator(self._loop.seed, epoch, rank=shard.rank, stream=_CAPTION_STREAM)
        for batch in self._stream.batches(epoch, shard):
            texts = None
            if self._captions is not None:
                chosen = self._captions.choose(batch.files.numpy(), generator)
                texts = torch.from_numpy(chosen.astype(np.float32))
            yield Heard(batch.samples, texts)

    def losses(self, batch: Heard) -> dict[str, Tensor]:
        """The losses of the method."""
        return self._pretraining.method.losses(self._pretraining.examples(batch))

    def figures(self, network: nn.Module) -> dict[str, float]:
        """None: a training without labels has none."""
        return {}


def frame_count(samples: int, front_end: LogMelConfig) -> int:
    """Frames N of a crop of so many samples."""
    if not front_end.center:
        return front_end.frame_count(samples)
    return max(1, samples // front_end.hop_length)


def measure_normalisation(
    stream: CropStream, front_end: LogMelConfig, *, files: int
) -> tuple[float, float]:
    """Mean and standard deviation of the log-mel values of one crop of each of some files.

    Raises:
        DatasetError: none of the files can be read.
    """
    spectrogram = FrontEnd(front_end)
    count, total, squares = 0, 0.0, 0.0
    for crop in stream.sample(files):
        values = spectrogram(torch.from_numpy(crop)[None]).double()
        count += values.numel()
        total += float(values.sum())
        squares += float(values.square().sum())
    mean = total / count
    return mean, max(0.0, squares / count - mean * mean) ** 0.5
