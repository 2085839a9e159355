"""Recording conditions by simulation: what a device, a room, noise, a codec or a level does.

>>> import numpy as np
>>> from kikimimi.audio.conditions import named_condition
>>> noisy = named_condition("noise_street_10")
>>> clean = np.sin(np.arange(16000) / 9).astype(np.float32)
>>> noisy.apply(clean, 16000, np.random.default_rng(0)).shape
(16000,)
"""

from kikimimi.audio.conditions.contract import Condition
from kikimimi.audio.conditions.registry import condition_names, named_condition

__all__ = ["Condition", "condition_names", "named_condition"]
