"""All makes of machine, by name."""

from collections.abc import Mapping

from kikimimi.audio.synthesis.machinery.fan import Fan
from kikimimi.audio.synthesis.machinery.gearbox import Gearbox
from kikimimi.audio.synthesis.machinery.machine import Machine
from kikimimi.audio.synthesis.machinery.pump import Pump
from kikimimi.audio.synthesis.machinery.slider import Slider
from kikimimi.audio.synthesis.machinery.valve import Valve
from kikimimi.errors import ConfigError
from kikimimi.names import suggestion

MACHINES: Mapping[str, type[Machine]] = {
    make.name: make for make in (Fan, Pump, Valve, Slider, Gearbox)
}


def find_machine(name: str) -> type[Machine]:
    """The make of that name.

    Raises:
        ConfigError: there is none.
    """
    if name not in MACHINES:
        raise ConfigError(f"no machine '{name}'; {suggestion(name, MACHINES)}")
    return MACHINES[name]
