"""Recordings of synthesised machines, as data sets for the detection of anomalies.

A recipe says which machines run how, what is wrong with them, and how the target domain differs.
What is made has the layout and the file names of DCASE task 2, 2022 and later.
"""

from kikimimi.datasets.machine_sounds.making import MachineReport, make_machine_sounds
from kikimimi.datasets.machine_sounds.recipe import MachineRecipe

__all__ = ["MachineRecipe", "MachineReport", "make_machine_sounds"]
