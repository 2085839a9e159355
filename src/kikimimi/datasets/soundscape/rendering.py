"""Mixing a soundscape as its plan says. T samples."""

import zlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import signal

from kikimimi.audio.conditions.rooms import Room, impulse_response
from kikimimi.datasets.soundscape.backgrounds import Surroundings, make_background
from kikimimi.datasets.soundscape.looping import faded, repeated
from kikimimi.datasets.soundscape.placement import OWN_SPEED, Plan, PlannedEvent, length_at_speed
from kikimimi.datasets.soundscape.recipe import RoomSettings, SoundscapeRecipe
from kikimimi.types import FloatArray

_SEAM_S = 0.1
_FADE_IN_S = {"whole": 0.005, "texture": 0.02}
_FADE_OUT_S = {"whole": 0.01, "texture": 0.05}
_CUT_S = 0.05
_HIGHEST_PEAK = 0.98
_WALL_M = 0.5
"""Nothing stands nearer to a wall than this."""


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """A soundscape: samples (T,) in [-1, 1], the gain of each event, and what else was decided.

    `scale_db` is the gain of the whole, below 0 where the peak had to be lowered.
    """

    samples: FloatArray
    gains_db: tuple[float, ...]
    background_files: tuple[str, ...]
    scale_db: float


def render_soundscape(
    recipe: SoundscapeRecipe, plan: Plan, *, surroundings: Surroundings
) -> Rendered:
    """Mix the events of a plan into its background.

    The ratio of an event to the background is that of its power, as heard in the room from its
    onset to its offset, to the power of the background over the whole soundscape. Reverberation
    sounds on after the offset.
    """
    count = round(recipe.length_s * recipe.sample_rate_hz)
    background = make_background(plan.background, count, surroundings)
    level = 10 ** (plan.background_dbfs / 20)
    mix = level * background.samples.astype(np.float64)
    gains_db = []
    for event in plan.events:
        sound = _heard(recipe, plan, event, surroundings)
        power = np.mean(np.square(sound[: event.count]))
        gain = level * 10 ** (event.snr_db / 20) / np.sqrt(max(power, 1e-20))
        room = mix[event.start : event.start + len(sound)]
        room += gain * sound[: len(room)]
        gains_db.append(float(20 * np.log10(gain)))
    scale = min(1.0, _HIGHEST_PEAK / float(np.abs(mix).max()))
    return Rendered(
        samples=(scale * mix).astype(np.float32),
        gains_db=tuple(gains_db),
        background_files=background.files,
        scale_db=float(20 * np.log10(scale)),
    )


def _heard(
    recipe: SoundscapeRecipe, plan: Plan, event: PlannedEvent, surroundings: Surroundings
) -> np.ndarray:
    """The samples of an event in its room, with their reverberation behind: (count + tail,)."""
    dry = _dry(recipe, event, surroundings)
    if plan.room is None:
        return dry.astype(np.float64)
    room = recipe.scenes[plan.scene].rooms[plan.room]
    place = zlib.crc32(event.label.encode()) % room.places
    response = impulse_response(_room(room, place), recipe.sample_rate_hz)
    return signal.oaconvolve(dry.astype(np.float64), response)


def _dry(recipe: SoundscapeRecipe, event: PlannedEvent, surroundings: Surroundings) -> FloatArray:
    settings = recipe.events[event.label]
    rate_hz = recipe.sample_rate_hz
    source = surroundings.pool.load(event.clip, join_gap_s=settings.join_gap_s)
    source_end = event.source_start + event.source_count
    taken = at_speed(source.samples[event.source_start : source_end], event.speed)
    if event.count > len(taken):
        taken = repeated(taken, event.count, crossfade=round(_SEAM_S * rate_hz))
    cut = settings.kind == "whole" and event.count not in {
        length_at_speed(end - event.source_start, event.speed) for _, end in source.stretches
    }
    fade_out_s = _CUT_S if cut else _FADE_OUT_S[settings.kind]
    return faded(
        taken[: event.count],
        fade_in=round(_FADE_IN_S[settings.kind] * rate_hz),
        fade_out=round(fade_out_s * rate_hz),
    )


def at_speed(samples: FloatArray, speed: int) -> FloatArray:
    """Play samples (T,) at `speed` twentieths of their own speed."""
    if speed == OWN_SPEED:
        return samples
    return signal.resample_poly(samples, OWN_SPEED, speed).astype(np.float32)


@lru_cache(maxsize=64)
def _room(settings: RoomSettings, place: int) -> Room:
    """One of the places of sound sources in a room, always the same ones."""
    rng = np.random.default_rng([place, zlib.crc32(repr(settings).encode())])
    size = np.array(settings.size_m)
    source, microphone = (
        tuple(float(x) for x in rng.uniform(_WALL_M, size - _WALL_M)) for _ in range(2)
    )
    return Room(
        size_m=settings.size_m,
        source_m=(source[0], source[1], source[2]),
        microphone_m=(microphone[0], microphone[1], microphone[2]),
        rt60_s=settings.rt60_s,
    )
