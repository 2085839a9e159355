"""Deciding what sounds when: the plan of a soundscape, before anything is mixed. T samples."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kikimimi.datasets.records import LabelledClip
from kikimimi.datasets.soundscape.recipe import (
    BackgroundSettings,
    EventSettings,
    GroupSettings,
    SoundscapeRecipe,
    SplitSettings,
)
from kikimimi.datasets.soundscape.sources import SourcePool

OWN_SPEED = 20
_ATTEMPTS = 12
_REPETITIONS = 6
"""The most that a texture is repeated to fill an event, so that it stays one."""
_APART_S = 0.1
"""Least pause between two events of one class, so that they are two."""


@dataclass(frozen=True, slots=True)
class PlannedEvent:
    """A sound to be mixed in.

    `start` is the first sample of the soundscape and `count` how many there are; `source_start` and
    `source_count` say which stretch of the clip they are made of, repeated if it is shorter. It is
    played at `speed` twentieths of its own speed.
    """

    label: str
    start: int
    count: int
    clip: LabelledClip
    source_start: int
    source_count: int
    snr_db: float
    speed: int = OWN_SPEED

    @property
    def end(self) -> int:
        """The sample after the last."""
        return self.start + self.count


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is decided of a soundscape; `room` is the number of the scene's room, if any."""

    scene: str
    background: BackgroundSettings
    background_dbfs: float
    room: int | None
    events: tuple[PlannedEvent, ...]


def plan_soundscape(
    recipe: SoundscapeRecipe,
    *,
    scene: str,
    split: SplitSettings,
    pool: SourcePool,
    rng: np.random.Generator,
) -> Plan:
    """Draw a soundscape of a scene.

    Groups come in episodes, whose events begin at any moment of the episode. An event that would
    pass the polyphony or meet another of its class is tried elsewhere in the episode, then left
    out. What passes the end of the soundscape is cut there.

    Raises:
        DatasetError: there is no sound of a category in these folds.
    """
    settings = recipe.scenes[scene]
    weights = np.array([background.weight for background in settings.backgrounds])
    background = settings.backgrounds[rng.choice(len(weights), p=weights / weights.sum())]
    level_dbfs = float(rng.uniform(*recipe.background_dbfs))
    room = int(rng.integers(len(settings.rooms))) if settings.rooms else None
    placer = _Placer(recipe, split, pool, rng)
    for group in settings.groups.values():
        for start_s, end_s in _episodes(group, recipe.length_s, rng):
            for label in _members(group, rng):
                placer.place(label, start_s, end_s)
    return Plan(scene, background, level_dbfs, room, placer.placed())


def scene_order(recipe: SoundscapeRecipe, count: int) -> tuple[str, ...]:
    """The scenes of `count` soundscapes: as their weights say at every length, without chance."""
    total = sum(scene.weight for scene in recipe.scenes.values())
    used = dict.fromkeys(recipe.scenes, 0)
    order: list[str] = []
    for number in range(1, count + 1):
        missing = {
            name: number * scene.weight / total - used[name]
            for name, scene in recipe.scenes.items()
        }
        chosen = max(missing, key=missing.__getitem__)
        used[chosen] += 1
        order.append(chosen)
    return tuple(order)


def length_at_speed(count: int, speed: int) -> int:
    """Samples that `count` samples fill when they are played at `speed` twentieths."""
    return count * OWN_SPEED // speed


def _source_count(count: int, speed: int) -> int:
    """The fewest samples that fill `count` when they are played at `speed` twentieths."""
    return -(-count * speed // OWN_SPEED)


def _episodes(
    group: GroupSettings, length_s: float, rng: np.random.Generator
) -> Iterator[tuple[float, float]]:
    for _ in range(rng.poisson(group.episodes_per_minute * length_s / 60)):
        episode_s = rng.uniform(*group.episode_s)
        start_s = rng.uniform(0, max(0.0, length_s - episode_s))
        yield start_s, min(start_s + episode_s, length_s)


def _members(group: GroupSettings, rng: np.random.Generator) -> Sequence[str]:
    """The labels of the events of one episode, in any order."""
    labels: list[str] = []
    for label, count in group.events.items():
        drawn = (
            rng.integers(count[0], count[1] + 1) if isinstance(count, tuple) else rng.poisson(count)
        )
        labels += [label] * int(drawn)
    return [labels[place] for place in rng.permutation(len(labels))]


class _Placer:
    """Finds room for one event after the other."""

    def __init__(
        self,
        recipe: SoundscapeRecipe,
        split: SplitSettings,
        pool: SourcePool,
        rng: np.random.Generator,
    ) -> None:
        self._recipe, self._split, self._pool, self._rng = recipe, split, pool, rng
        self._rate_hz = recipe.sample_rate_hz
        self._length = round(recipe.length_s * self._rate_hz)
        self._events: list[PlannedEvent] = []

    def placed(self) -> tuple[PlannedEvent, ...]:
        """All events in order of time."""
        return tuple(sorted(self._events, key=lambda event: (event.start, event.label)))

    def place(self, label: str, start_s: float, end_s: float) -> None:
        """Put an event of a class somewhere in an episode, if it fits."""
        settings = self._recipe.events[label]
        clips = self._pool.candidates(self._recipe.categories(label), self._split.folds)
        clip = clips[self._rng.integers(len(clips))]
        speed = self._speed()
        stretch = self._stretch(clip, settings, speed)
        if stretch is None:
            return
        source_start, source_count, wanted = stretch
        snr_db = float(self._rng.uniform(*(settings.snr_db or self._recipe.snr_db)))
        for _ in range(_ATTEMPTS):
            start = int(self._rng.uniform(start_s, end_s) * self._rate_hz)
            count = min(wanted, self._length - start)
            event = PlannedEvent(
                label, start, count, clip, source_start, source_count, snr_db, speed
            )
            if count >= round(settings.duration_s[0] * self._rate_hz) and self._fits(event):
                self._events.append(event)
                return

    def _speed(self) -> int:
        """In twentieths; nothing is drawn where there is no choice."""
        low, high = self._split.speed
        if low == high:
            return round(OWN_SPEED * low)
        return round(OWN_SPEED * np.exp(self._rng.uniform(np.log(low), np.log(high))))

    def _stretch(
        self, clip: LabelledClip, settings: EventSettings, speed: int
    ) -> tuple[int, int, int] | None:
        """Where a sound begins in its clip, how much there is of it, and how much is wanted.

        What is wanted is counted in samples of the soundscape.
        """
        stretches = tuple(
            (start, start + length_at_speed(end - start, speed))
            for start, end in self._pool.load(clip, join_gap_s=settings.join_gap_s).stretches
        )
        shortest, longest = (round(bound * self._rate_hz) for bound in settings.duration_s)
        if settings.kind == "whole":
            fitting = [stretch for stretch in stretches if stretch[1] - stretch[0] >= shortest]
            if not fitting:
                return None
            start, end = fitting[self._rng.integers(len(fitting))]
            wanted = min(end - start, longest)
            return start, _source_count(wanted, speed), wanted
        if not stretches:
            return None
        start, end = max(stretches, key=lambda stretch: stretch[1] - stretch[0])
        longest = max(shortest, min(longest, _REPETITIONS * (end - start)))
        wanted = round(np.exp(self._rng.uniform(np.log(shortest), np.log(longest))))
        spare = max(0, end - start - wanted)
        skipped = int(self._rng.integers(spare + 1))
        taken = min(end - start - skipped, wanted)
        return start + skipped * speed // OWN_SPEED, _source_count(taken, speed), wanted

    def _fits(self, event: PlannedEvent) -> bool:
        apart = round(_APART_S * self._rate_hz)
        together = [e for e in self._events if e.start < event.end and event.start < e.end]
        for other in self._events:
            near = other.start < event.end + apart and event.start < other.end + apart
            if near and other.label == event.label:
                return False
        # The number of events at once only rises where one begins.
        moments = [event.start, *(e.start for e in together if e.start > event.start)]
        most = max(sum(e.start <= moment < e.end for e in together) for moment in moments)
        return most < self._recipe.polyphony
