"""Checks of the settings of stages."""

from kikimimi.audio.augment.recipe import require


def require_within(name: str, value: float, least: float, most: float) -> None:
    """Refuse a setting unless least <= value <= most.

    Raises:
        ConfigError: it lies outside, or is NaN.
    """
    require(least <= value <= most, f"{name} must be from {least:g} to {most:g}, but is {value:g}")
