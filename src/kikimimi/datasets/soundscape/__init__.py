"""Soundscapes made of single sounds on backgrounds, with their annotation. T samples.

A recipe says which sounds come together in which scenes; what is made of it depends on the recipe,
the sounds and nothing else.
"""

from kikimimi.datasets.soundscape.making import SoundscapeReport, make_soundscapes
from kikimimi.datasets.soundscape.recipe import SoundscapeRecipe

__all__ = ["SoundscapeRecipe", "SoundscapeReport", "make_soundscapes"]
