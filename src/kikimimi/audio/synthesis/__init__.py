"""Sounds made by calculation, so that a library can be tried without any recording.

>>> from kikimimi.audio.synthesis import demo_sounds
>>> sound = demo_sounds()[0]
>>> str(sound.path)
'weather/light rain.wav'
>>> sound.render(seed=0).samples.shape
(1, 160000)
"""

from kikimimi.audio.synthesis.registry import demo_sounds
from kikimimi.audio.synthesis.sound import DemoSound

__all__ = ["DemoSound", "demo_sounds"]
