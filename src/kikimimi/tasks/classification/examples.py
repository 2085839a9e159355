"""Training examples: crops of clips, changed and mixed, each a function of (seed, epoch, place).

Axes: B examples, T samples, K classes.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from kikimimi.audio.augment import between_class_mix, chain_from_recipe, mixup
from kikimimi.audio.augment.chain import Chain
from kikimimi.audio.waveform_bank import WaveformBank
from kikimimi.tasks.classification.recipe import AugmentationSettings
from kikimimi.types import FloatArray

_MIXERS = {
    "between_class": between_class_mix,
    "mixup": lambda first, second, ratio, _rate: mixup(first, second, ratio),
}


@dataclass(frozen=True, slots=True)
class TrainingBatch:
    """`samples` (B, T), `targets` (B, K) shares of each class, and a seed for what comes after."""

    samples: Tensor
    targets: Tensor
    seed: int


class ExampleMaker:
    """Makes the example that starts from one clip.

    Args:
        bank: the samples of all clips.
        targets: (C, K) the classes of each clip.
        clips: numbers of the clips that train; partners for mixing are drawn from them.
        settings: what an example goes through.
    """

    def __init__(
        self,
        bank: WaveformBank,
        targets: FloatArray,
        clips: np.ndarray,
        settings: AugmentationSettings,
    ) -> None:
        rate = bank.sample_rate_hz
        self._bank, self._targets, self._clips = bank, targets, clips
        self._settings = settings
        self._length = round(settings.crop_s * rate)
        self._change = chain_from_recipe(
            settings.waveform, sample_rate_hz=rate, where="augmentation: waveform"
        )
        self._change_mix = chain_from_recipe(
            settings.after_mixing, sample_rate_hz=rate, where="augmentation: after_mixing"
        )
        crop = {"crop": {"duration_s": settings.crop_s, **settings.crop}}
        self._crop: Chain = chain_from_recipe(crop, sample_rate_hz=rate, where="augmentation")

    def __call__(self, clip: int, generator: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        """Samples (T,) and target (K,) of an example that starts from `clip`."""
        samples, target = self._single(clip, generator), self._targets[clip]
        settings = self._settings
        if settings.mixing != "none" and generator.random() < settings.mixing_probability:
            partner = int(generator.choice(self._clips))
            ratio = float(generator.beta(settings.mixing_alpha, settings.mixing_alpha))
            mixer = _MIXERS[settings.mixing]
            other = self._single(partner, generator)
            samples = mixer(samples, other, ratio, self._bank.sample_rate_hz)
            target = mixup(target, self._targets[partner], ratio)
        return self._change_mix(samples, generator), target

    def _single(self, clip: int, generator: np.random.Generator) -> FloatArray:
        return self._crop(self._change(self._bank[clip], generator), generator)


class EpochBatches(Dataset[TrainingBatch]):
    """The batches of one epoch; item b is the same whoever asks for it, and when."""

    def __init__(
        self, make: ExampleMaker, order: np.ndarray, *, batch_size: int, seed: int, epoch: int
    ) -> None:
        self._make, self._order = make, order
        self._batch_size, self._seed, self._epoch = batch_size, seed, epoch

    def __len__(self) -> int:
        return len(self._order) // self._batch_size

    def __getitem__(self, number: int) -> TrainingBatch:
        first = number * self._batch_size
        clips = self._order[first : first + self._batch_size]
        examples = [
            self._make(int(clip), np.random.default_rng((self._seed, self._epoch, first + place)))
            for place, clip in enumerate(clips)
        ]
        return TrainingBatch(
            samples=torch.from_numpy(np.stack([samples for samples, _ in examples])),
            targets=torch.from_numpy(np.stack([target for _, target in examples])),
            seed=int(np.random.default_rng((self._seed, self._epoch, first)).integers(2**31)),
        )
