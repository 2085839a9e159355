"""The clips of a soundscape and what is to be said of each, as JAMS objects.

The observations have the values of the name space `scaper` (Salamon et al., "Scaper: A library for
soundscape synthesis and augmentation", WASPAA 2017), and more beside them.
"""

from math import log2
from typing import Any

from kikimimi.datasets.annotations.jams import recording_object
from kikimimi.datasets.soundscape.placement import OWN_SPEED, Plan, PlannedEvent
from kikimimi.datasets.soundscape.recipe import SoundscapeRecipe
from kikimimi.datasets.soundscape.rendering import Rendered
from kikimimi.datasets.soundscape.sources import source_place

SHORTEST_PIECE_S = 0.02
"""Less than this of an event at the edge of a clip is not annotated."""


def clip_name(split: str, soundscape: int, clip: int) -> str:
    """The file name of a clip."""
    return f"{split}_{soundscape:04d}_{clip:02d}.flac"


def describe_clips(
    recipe: SoundscapeRecipe, split: str, soundscape: int, plan: Plan, rendered: Rendered
) -> list[dict[str, Any]]:
    """Describe each clip that a soundscape is cut into, in order of time."""
    rate_hz = recipe.sample_rate_hz
    length = round(recipe.clip_s * rate_hz)
    described = []
    for number in range(recipe.clips_per_soundscape):
        start, end = number * length, (number + 1) * length
        observations = [
            _observation(event, gain_db, plan, (start, end), rate_hz)
            for event, gain_db in zip(plan.events, rendered.gains_db, strict=True)
            if min(event.end, end) - max(event.start, start) >= SHORTEST_PIECE_S * rate_hz
        ]
        sandbox = {
            "scene": plan.scene,
            "soundscape": f"{split}_{soundscape:04d}",
            "soundscape_time": start / rate_hz,
            "background_kind": plan.background.kind,
            "background_name": plan.background.name,
            "background_dbfs": round(plan.background_dbfs, 3),
            "background_files": list(rendered.background_files),
            "room": plan.room,
            "scale_db": round(rendered.scale_db, 3),
        }
        described.append(
            recording_object(
                clip_name(split, soundscape, number),
                observations,
                namespace="scaper",
                duration_s=recipe.clip_s,
                sandbox=sandbox,
            )
        )
    return described


def _observation(
    event: PlannedEvent, gain_db: float, plan: Plan, bounds: tuple[int, int], rate_hz: int
) -> dict[str, Any]:
    start, end = max(event.start, bounds[0]), min(event.end, bounds[1])
    onset_s = round((start - bounds[0]) / rate_hz, 6)
    return {
        "time": onset_s,
        "duration": round((end - bounds[0]) / rate_hz - onset_s, 6),
        "value": {
            "label": event.label,
            "role": "foreground",
            "source_file": source_place(event.clip),
            "source_time": round(event.source_start / rate_hz, 6),
            "source_id": event.clip.source_id,
            "event_time": round(event.start / rate_hz, 6),
            "event_duration": round(event.count / rate_hz, 6),
            "snr": round(event.snr_db, 3),
            "gain_db": round(gain_db, 3),
            "reverberated": plan.room is not None,
            "pitch_shift": round(12 * log2(event.speed / OWN_SPEED), 3) or None,
            "time_stretch": None if event.speed == OWN_SPEED else OWN_SPEED / event.speed,
        },
        "confidence": 1.0,
    }
