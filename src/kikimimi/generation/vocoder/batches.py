"""Random crops of sounds for the training of a vocoder.

Axes: B crops, T samples of a crop, R random numbers of a frame, N frames.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from kikimimi.audio.augment.crop import RandomCrop
from kikimimi.audio.waveform_bank import WaveformBank
from kikimimi.errors import DatasetError
from kikimimi.generation.mel import GENERATION_MEL
from kikimimi.generation.vocoder.recipe import CropSettings
from kikimimi.training.seeds import epoch_generator
from kikimimi.training.trainable import Shard
from kikimimi.types import FloatArray


@dataclass(frozen=True, slots=True)
class VocoderBatch:
    """`samples` (B, T) and `noise` (B, R, N); the discriminators, if they play (`adversarial`),
    hear the samples from `first` on.
    """

    samples: Tensor
    noise: Tensor
    first: int
    adversarial: bool


class CropStream:
    """The batches of an epoch, a function of seed, epoch and shard alone.

    Args:
        bank: the sounds at 16 kHz.
        numbers: which of them are heard; silent ones are left out.
        settings: which crops.
        noise: R.
        seed: of all chance.

    Raises:
        DatasetError: nothing sounds, or there is too little for one batch.
    """

    def __init__(
        self,
        bank: WaveformBank,
        numbers: Sequence[int],
        settings: CropSettings,
        *,
        noise: int,
        seed: int,
    ) -> None:
        sounding = [number for number in numbers if np.any(bank[number])]
        self._numbers = np.repeat(sounding, settings.crops_per_sound)
        if len(self._numbers) < settings.batch_size:
            raise DatasetError(
                f"{len(sounding)} sounds that are not silent give no batch of "
                f"{settings.batch_size} crops; give more sounds, or raise crops.crops_per_sound"
            )
        hop, rate_hz = GENERATION_MEL.hop_length, GENERATION_MEL.sample_rate_hz
        duration_s = settings.frames * hop / rate_hz
        self._crop = RandomCrop(rate_hz, duration_s, min_sound=settings.min_sound)
        self._bank, self._settings = bank, settings
        self._noise, self._seed = noise, seed

    def steps_per_epoch(self, world_size: int) -> int:
        """Batches of an epoch for each of `world_size` processes."""
        return len(self._numbers) // world_size // self._settings.batch_size

    def epoch(self, epoch: int, shard: Shard, *, adversarial: bool) -> Iterator[VocoderBatch]:
        """Each sound `crops_per_sound` times, in an order of its own."""
        settings = self._settings
        order = shard.take(epoch_generator(self._seed, epoch).permutation(self._numbers).tolist())
        generator = epoch_generator(self._seed, epoch, rank=shard.rank)
        for step in range(self.steps_per_epoch(shard.world_size)):
            rows = order[step * settings.batch_size : (step + 1) * settings.batch_size]
            crops = np.stack([self._changed(row, generator) for row in rows])
            shape = (len(rows), self._noise, settings.frames + 1)
            noise = generator.standard_normal(shape, dtype=np.float32)
            last = settings.frames - settings.adversarial_frames
            first = int(generator.integers(last + 1)) * GENERATION_MEL.hop_length
            yield VocoderBatch(
                torch.from_numpy(crops), torch.from_numpy(noise), first, adversarial=adversarial
            )

    def _changed(self, number: int, generator: np.random.Generator) -> FloatArray:
        """A crop, louder or softer, and upside down half of the time."""
        settings = self._settings
        crop = self._crop(self._bank[number], generator)
        gain_db = generator.uniform(settings.lowest_gain_db, settings.highest_gain_db)
        loudest = 1 / max(float(np.abs(crop).max()), 1e-9)
        sign = 1 if generator.random() < 0.5 else -1
        return crop * np.float32(sign * min(10 ** (gain_db / 20), loudest))
