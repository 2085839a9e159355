"""Colours that people with any kind of colour vision can tell apart."""

from collections.abc import Sequence

GROUP_COLOURS = (
    *("#0072B2", "#E69F00", "#009E73", "#CC79A7"),
    *("#56B4E9", "#D55E00", "#F0E442", "#000000"),
)
"""Okabe & Ito (2008), Color Universal Design."""

NEUTRAL_COLOUR = "#8C8C8C"
SEQUENTIAL_COLOURS = "viridis"


def group_colours(groups: Sequence[str]) -> dict[str, str]:
    """A colour for each group, in the order in which they come; none if there are too many."""
    names = list(dict.fromkeys(groups))
    if len(names) > len(GROUP_COLOURS):
        return {}
    return dict(zip(names, GROUP_COLOURS, strict=False))
