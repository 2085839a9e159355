"""All demo sounds, family by family."""

from kikimimi.audio.synthesis import (
    alarms,
    animals,
    bells,
    effects,
    household,
    impacts,
    machines,
    people,
    water,
    weather,
)
from kikimimi.audio.synthesis.sound import DemoSound

_FAMILIES = (
    weather,
    water,
    bells,
    alarms,
    impacts,
    household,
    machines,
    animals,
    people,
    effects,
)


def demo_sounds() -> tuple[DemoSound, ...]:
    """Return every demo sound, always in the same order."""
    return tuple(sound for family in _FAMILIES for sound in family.SOUNDS)
