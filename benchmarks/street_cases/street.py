"""Hours of a street that hold no alarm, with alarms planted into them. T samples.

Each stretch has a bed (wind, rain, an engine, birds) that repeats without a seam, and passing
sounds on top. In every second or so of stretches, as asked for, an alarm is mixed at a
signal-to-noise ratio of its own: r.m.s. of what sounds of it over r.m.s. of the street meanwhile.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import numpy as np

from kikimimi.audio.reading import read_clip
from kikimimi.datasets import esc50
from kikimimi.datasets.soundscape.activity import sounding_stretches
from kikimimi.datasets.soundscape.looping import faded, repeated
from kikimimi.types import FloatArray

RATE_HZ = 16000
BEDS = (
    *("wind", "rain", "engine", "chirping_birds", "crickets", "insects", "train", "airplane"),
    *("helicopter", "sea_waves"),
)
PASSING = (
    *("footsteps", "car_horn", "dog", "crow", "coughing", "laughing", "church_bells", "sneezing"),
    *("water_drops", "cat", "hand_saw", "chainsaw", "can_opening", "door_wood_creaks", "rooster"),
    *("keyboard_typing", "vacuum_cleaner", "thunderstorm"),
)
ALARMS: Mapping[str, str] = {
    "crying_baby": "scream",
    "glass_breaking": "glass",
    "siren": "siren",
}
"""Classes of ESC-50, and the rule that each has to fulfil. ESC-50 has no screams."""

SCREAM = "scream"

_BED_DBFS = (-46.0, -34.0)
_ABOVE_BED_DB = (-3.0, 12.0)
_PASSING_PER_MINUTE = 2.0
_CROSSFADE_S = 0.5
_FADE_S = 0.02
_LONGEST_ALARM_S = 20.0


@dataclass(frozen=True)
class Planted:
    """An alarm in the street: what it is, which rule it has to fulfil, and where it sounds."""

    kind: str
    rule: str
    source: str
    snr_db: float
    onset_s: float
    offset_s: float


@dataclass(frozen=True)
class Plan:
    """Which alarm is mixed at which ratio."""

    kind: str
    rule: str
    path: Path
    snr_db: float


class Street:
    """Makes stretches of sound from the clips of one fold of ESC-50."""

    def __init__(self, root: Path, *, fold: int, screams: Sequence[Path], seed: int) -> None:
        self._seed = seed
        self._by_label: dict[str, list[Path]] = defaultdict(list)
        for clip in esc50.clips(root):
            if clip.fold == fold:
                self._by_label[clip.label].append(clip.path)
        self._screams = list(screams)

    def plans(self, snrs_db: Sequence[float]) -> list[Plan]:
        """Every alarm at every ratio, kinds in turn: a rule keeps quiet for a while after one."""
        rng = np.random.default_rng([self._seed, 1])
        kinds = {kind: (rule, self._by_label[kind]) for kind, rule in ALARMS.items()}
        kinds[SCREAM] = (SCREAM, self._screams)
        mixed: list[list[Plan]] = []
        for kind, (rule, paths) in kinds.items():
            plans = [Plan(kind, rule, path, snr_db) for path in paths for snr_db in snrs_db]
            mixed.append([plans[place] for place in rng.permutation(len(plans))])
        return [plan for turn in zip_longest(*mixed) for plan in turn if plan is not None]

    def stretches(
        self, plans: Sequence[Plan | None], *, length_s: float
    ) -> Iterator[tuple[FloatArray, Planted | None]]:
        """Stretches (T,), each with its alarm; the onset counts from the stretch's beginning."""
        for number, plan in enumerate(plans):
            rng = np.random.default_rng([self._seed, 2, number])
            street = self._street(rng, round(length_s * RATE_HZ))
            planted = None if plan is None else _plant(rng, street, plan)
            peak = float(np.abs(street).max())
            yield (street / peak * 0.99 if peak > 0.99 else street), planted

    def _street(self, rng: np.random.Generator, count: int) -> FloatArray:
        bed = _sounding(self._drawn(rng, BEDS))
        level = rng.uniform(*_BED_DBFS)
        mix = _at_level(repeated(bed, count, crossfade=round(_CROSSFADE_S * RATE_HZ)), level)
        for _ in range(rng.poisson(_PASSING_PER_MINUTE * count / RATE_HZ / 60)):
            sound = _sounding(self._drawn(rng, PASSING))[:count]
            start = rng.integers(0, count - len(sound) + 1)
            loud = _at_level(sound, level + rng.uniform(*_ABOVE_BED_DB))
            mix[start : start + len(sound)] += _soft(loud)
        return mix

    def _drawn(self, rng: np.random.Generator, labels: Sequence[str]) -> Path:
        paths = self._by_label[labels[rng.integers(len(labels))]]
        return paths[rng.integers(len(paths))]


def _plant(rng: np.random.Generator, street: FloatArray, plan: Plan) -> Planted:
    """Mix an alarm into a street, in place."""
    sound = _sounding(plan.path)[: round(_LONGEST_ALARM_S * RATE_HZ)]
    margin = len(street) // 4
    start = int(rng.integers(margin, len(street) - margin - len(sound)))
    meanwhile = street[start : start + len(sound)]
    street_db = 10 * np.log10(np.mean(meanwhile.astype(np.float64) ** 2) + 1e-12)
    meanwhile += _soft(_at_level(sound, street_db + plan.snr_db))
    onset_s = start / RATE_HZ
    offset_s = onset_s + len(sound) / RATE_HZ
    return Planted(plan.kind, plan.rule, plan.path.name, plan.snr_db, onset_s, offset_s)


def _sounding(path: Path) -> FloatArray:
    """A clip without the silence before, between and after what sounds."""
    samples = read_clip(path, sample_rate_hz=RATE_HZ, mono=True).samples[0]
    stretches = sounding_stretches(samples, RATE_HZ, join_gap_s=0.5, shortest_s=0.05)
    if not stretches:
        return samples
    return samples[stretches[0][0] : stretches[-1][1]]


def _at_level(samples: FloatArray, level_dbfs: float) -> FloatArray:
    power = np.mean(samples.astype(np.float64) ** 2) + 1e-20
    return (samples * np.sqrt(10 ** (level_dbfs / 10) / power)).astype(np.float32)


def _soft(samples: FloatArray) -> FloatArray:
    fade = round(_FADE_S * RATE_HZ)
    return faded(samples, fade_in=fade // 4, fade_out=fade)
