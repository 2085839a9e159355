"""What a recipe of soundscapes says."""

from dataclasses import dataclass, field
from typing import Literal

from kikimimi.errors import ConfigError
from kikimimi.names import suggestion

Range = tuple[float, float]
Triple = tuple[float, float, float]

SHORTEST_EVENT_S = 0.1
LONGEST_EVENT_S = 30.0


@dataclass(frozen=True, slots=True)
class SplitSettings:
    """A part of the data.

    Attributes:
        minutes: how long it is.
        folds: of the sources that it may use.
        speed: slowest and fastest that an event is played, pitch and length changing together,
            drawn evenly over the logarithm in steps of a twentieth.
    """

    minutes: float
    folds: tuple[int, ...]
    speed: Range = (1.0, 1.0)

    def __post_init__(self) -> None:
        if not self.minutes > 0 or not self.folds:
            raise ConfigError("a split needs minutes above 0 and at least one fold")
        require_range(self.speed, "speed")
        low, high = self.speed
        if not 0.5 <= low <= high <= 2:
            raise ConfigError(f"speed is {low:g} to {high:g}; give 0.5 <= low <= high <= 2")


@dataclass(frozen=True, slots=True)
class EventSettings:
    """How the sounds of a class are used.

    Attributes:
        categories: categories of the sources; the class's own name if empty.
        kind: `whole` sounds are heard from their beginning and as long as they are; of a `texture`
            any stretch may be heard, longer ones by repetition.
        duration_s: shortest and longest event. Of a texture, drawn evenly over the logarithm; of a
            whole sound, what is longer is faded out.
        snr_db: of the event against its background; null for that of the recipe.
        join_gap_s: pauses up to this length are part of a sound.
    """

    categories: tuple[str, ...] = ()
    kind: Literal["whole", "texture"] = "whole"
    duration_s: Range = (SHORTEST_EVENT_S, LONGEST_EVENT_S)
    snr_db: Range | None = None
    join_gap_s: float = 0.3

    def __post_init__(self) -> None:
        low, high = self.duration_s
        if not SHORTEST_EVENT_S <= low <= high <= LONGEST_EVENT_S:
            raise ConfigError(
                f"an event of {low:g} to {high:g} s; give {SHORTEST_EVENT_S} <= low <= high <= "
                f"{LONGEST_EVENT_S:g}"
            )
        if self.snr_db is not None:
            require_range(self.snr_db, "snr_db")


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """Events that come together, in episodes.

    Attributes:
        episodes_per_minute: mean number of a Poisson process.
        episode_s: length of an episode, drawn evenly.
        events: how often each event begins in an episode: a number is the mean of a Poisson
            distribution, a pair the least and the most.
    """

    episodes_per_minute: float
    episode_s: Range
    events: dict[str, float | tuple[int, int]]

    def __post_init__(self) -> None:
        require_range(self.episode_s, "episode_s")
        if self.episodes_per_minute < 0 or self.episode_s[0] <= 0:
            raise ConfigError("a group needs episodes_per_minute from 0 on and episodes over 0 s")
        for event, count in self.events.items():
            low, high = count if isinstance(count, tuple) else (count, count)
            if not 0 <= low <= high:
                raise ConfigError(f"{event}: {count} events in an episode; give 0 or more")


@dataclass(frozen=True, slots=True)
class BackgroundSettings:
    """What sounds all the time.

    Attributes:
        kind: `noise` of a colour, `ambience` of a category of the sources, or made `ventilation` or
            mains `hum`.
        name: the colour or category.
        weight: how often it is chosen, relative to others.
    """

    kind: Literal["noise", "ambience", "ventilation", "hum"]
    name: str = ""
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """A room in which all events of a soundscape sound, each class from one of its places."""

    size_m: Triple
    rt60_s: float
    places: int = 3


@dataclass(frozen=True, slots=True)
class SceneSettings:
    """A kind of place: what sounds there. Without rooms it is in the open."""

    backgrounds: tuple[BackgroundSettings, ...]
    groups: dict[str, GroupSettings]
    rooms: tuple[RoomSettings, ...] = ()
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not self.backgrounds:
            raise ConfigError("a scene needs a background")


@dataclass(frozen=True, slots=True)
class SoundscapeRecipe:
    """Everything that soundscapes depend on, beside the sources.

    Attributes:
        name: of the data that are made.
        splits, events, scenes: by name; the events are the classes, in their order.
        length_s: a soundscape, made in one piece.
        clip_s: the clips that it is cut into; `length_s` is a multiple.
        sample_rate_hz: of the audio.
        polyphony: the most events at once.
        snr_db: of an event against its background, drawn evenly.
        background_dbfs: r.m.s. level of the background, drawn evenly.
        seed: of all chance.
        shared_sources: whether splits may use the same folds.
    """

    name: str
    splits: dict[str, SplitSettings]
    events: dict[str, EventSettings]
    scenes: dict[str, SceneSettings]
    length_s: float = 60.0
    clip_s: float = 10.0
    sample_rate_hz: int = 16000
    polyphony: int = 4
    snr_db: Range = (0.0, 20.0)
    background_dbfs: Range = (-50.0, -35.0)
    seed: int = 0
    shared_sources: bool = False
    task: Literal["soundscapes"] = field(default="soundscapes")

    def __post_init__(self) -> None:
        require_range(self.snr_db, "snr_db")
        require_range(self.background_dbfs, "background_dbfs")
        clips = self.length_s / self.clip_s if self.clip_s > 0 else 0.0
        if clips < 1 or abs(clips - round(clips)) > 1e-9:
            raise ConfigError(
                f"length_s {self.length_s:g} must be a multiple of clip_s {self.clip_s:g}"
            )
        if self.polyphony < 1:
            raise ConfigError(f"polyphony is {self.polyphony}; give 1 or more")
        if not (self.splits and self.events and self.scenes):
            raise ConfigError("a recipe needs splits, events and scenes")
        self._check_names()
        self._check_folds()

    def _check_names(self) -> None:
        for scene, settings in self.scenes.items():
            for group, members in settings.groups.items():
                for event in members.events:
                    if event not in self.events:
                        raise ConfigError(
                            f"scenes.{scene}.groups.{group}: there is no event '{event}'; "
                            f"{suggestion(event, self.events)}"
                        )

    def _check_folds(self) -> None:
        users: dict[int, str] = {}
        for split, settings in self.splits.items():
            for fold in settings.folds:
                other = users.setdefault(fold, split)
                if other != split and not self.shared_sources:
                    raise ConfigError(
                        f"the splits {other} and {split} both use fold {fold}; keep them apart, "
                        "or allow it by shared_sources: true"
                    )

    @property
    def clips_per_soundscape(self) -> int:
        """How many clips a soundscape is cut into."""
        return round(self.length_s / self.clip_s)

    def soundscapes(self, split: str) -> int:
        """How many soundscapes a split has."""
        return max(1, round(60 * self.splits[split].minutes / self.length_s))

    def categories(self, event: str) -> tuple[str, ...]:
        """The categories whose sounds are an event."""
        return self.events[event].categories or (event,)


def require_range(values: Range, name: str) -> None:
    """Refuse a pair whose first value is above its second.

    Raises:
        ConfigError: so it is.
    """
    if not values[0] <= values[1]:
        raise ConfigError(f"{name} is {values[0]:g} to {values[1]:g}; give the lower one first")
