"""What a map of sounds shows. Axes: V sounds, C components, K labels."""

from dataclasses import dataclass

from kikimimi.pictures.colours import GROUP_COLOURS, NEUTRAL_COLOUR
from kikimimi.types import FloatArray

SHAPES = ("circle", "square", "triangle", "diamond", "wedge", "pentagon", "cross")


@dataclass(frozen=True, slots=True)
class MapLabel:
    """A label as people read it, in both languages."""

    english: str
    japanese: str


@dataclass(frozen=True, slots=True, eq=False)
class SoundMap:
    """Points of sounds and what is to be read at them.

    Attributes:
        title: a heading.
        axes: names of the C components.
        points: (V, C), C >= 2.
        names: V names of sounds.
        addresses: V addresses relative to the map's own folder, or empty where a sound cannot be
            reached from there.
        labels: K labels, the most important first.
        label_of: for each sound the number of its label, or -1.
    """

    title: str
    axes: tuple[str, ...]
    points: FloatArray
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    labels: tuple[MapLabel, ...]
    label_of: tuple[int, ...]

    def __post_init__(self) -> None:
        count = len(self.names)
        sizes = {count, len(self.addresses), len(self.label_of)}
        if len(sizes) > 1 or self.points.shape != (count, len(self.axes)) or len(self.axes) < 2:
            raise ValueError(
                f"{count} names, {len(self.addresses)} addresses, {len(self.label_of)} labels and "
                f"{len(self.axes)} axes for points {self.points.shape}"
            )


def mark_of(label: int) -> tuple[str, str]:
    """Colour and shape of the points of a label: 56 pairs that anybody can tell apart, then grey.

    The colours are those for any colour vision; the shape changes when they are used up.
    """
    shape, colour = divmod(label, len(GROUP_COLOURS))
    if label < 0 or shape >= len(SHAPES):
        return NEUTRAL_COLOUR, SHAPES[0]
    return GROUP_COLOURS[colour], SHAPES[shape]
