"""Machines by physical models, healthy and with faults that begin small and grow.

A make is built of parts: shafts, bearings, belts, gears, jets, bodies. Two specimens of a make
differ; a specimen sounds alike whenever it is recorded.

>>> import numpy as np
>>> from kikimimi.audio.synthesis.machinery import Fault, Operation, find_machine
>>> fan = find_machine("fan").build(np.random.default_rng(1))
>>> worn = Operation(2.0, speed=1.1, load=0.6, fault=Fault("bearing", 3))
>>> fan.sound(np.random.default_rng(2), worn).shape
(64000,)
"""

from kikimimi.audio.synthesis.machinery.machine import Machine
from kikimimi.audio.synthesis.machinery.operation import FAULTS, SEVERITIES, Fault, Operation
from kikimimi.audio.synthesis.machinery.registry import MACHINES, find_machine

__all__ = [
    "FAULTS",
    "MACHINES",
    "SEVERITIES",
    "Fault",
    "Machine",
    "Operation",
    "find_machine",
]
