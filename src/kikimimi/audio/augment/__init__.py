"""Random changes of waveforms for training.

A transform is a frozen dataclass: its fields are the configuration, and it is called with a
waveform and a source of chance. The same generator state gives the same result.

>>> import numpy as np
>>> from kikimimi.audio.augment import chain_from_recipe
>>> recipe = {"crop": {"duration_s": 0.5}, "gain": {"probability": 0.5, "low_db": -6.0}}
>>> change = chain_from_recipe(recipe, sample_rate_hz=16000)
>>> change(np.ones(16000, np.float32), np.random.default_rng(0)).shape
(8000,)
"""

from kikimimi.audio.augment.chain import Chain, Step, chain_from_recipe, transform_names
from kikimimi.audio.augment.crop import evenly_spaced_crops
from kikimimi.audio.augment.mixing import between_class_mix, mixup, mixup_ratio
from kikimimi.audio.augment.transform import Transform

__all__ = [
    "Chain",
    "Step",
    "Transform",
    "between_class_mix",
    "chain_from_recipe",
    "evenly_spaced_crops",
    "mixup",
    "mixup_ratio",
    "transform_names",
]
