"""Bells and gongs by modal synthesis.

The partials of a tuned church bell stand near 0.5 (hum), 1 (prime), 1.2 (tierce), 1.5 (quint) and
2 (nominal) times the strike note (T. D. Rossing, Science of Percussion Instruments, 2000, ch. 11).
"""

from functools import partial

import numpy as np

from kikimimi.audio.synthesis.envelopes import decay
from kikimimi.audio.synthesis.filters import highpass
from kikimimi.audio.synthesis.mixing import reverberate, sequence
from kikimimi.audio.synthesis.modal import struck
from kikimimi.audio.synthesis.noise import white
from kikimimi.audio.synthesis.sound import demo
from kikimimi.audio.synthesis.timebase import Samples, sample_count

_CHURCH = np.array([0.5, 1.0, 1.2, 1.5, 2.0, 2.52, 2.67, 3.01, 4.17, 5.43, 6.8, 8.2])
_CHURCH_LEVELS = np.array([0.6, 0.7, 0.8, 0.35, 1.0, 0.35, 0.4, 0.5, 0.4, 0.25, 0.15, 0.08])
_HAND = np.array([1.0, 2.98, 5.4, 6.8, 8.9])
_CUP = np.array([1.0, 2.66, 4.9, 7.6, 10.8])


def strike(
    rng: np.random.Generator,
    ratios: Samples,
    levels: Samples,
    *,
    note_hz: float,
    t60_s: float,
    duration_s: float,
) -> Samples:
    """One stroke: each partial a slightly split pair, which beats; high partials die sooner."""
    frequencies = note_hz * ratios
    times = t60_s * (ratios / ratios[0]) ** -0.75
    split = frequencies * (1 + rng.uniform(0.0004, 0.0016, ratios.size))
    tone = struck(frequencies, times, levels, duration_s)
    tone += struck(split, times, 0.5 * levels, duration_s)
    clank_s = min(0.03, duration_s)
    tone[: sample_count(clank_s)] += (
        0.6 * highpass(white(rng, clank_s), 2000) * decay(clank_s, 0.03)
    )
    return tone


def church_bell(
    rng: np.random.Generator, *, note_hz: float, strokes: int, every_s: float, duration_s: float
) -> Samples:
    """A tower bell, rung in even strokes and heard from the street."""
    ring = partial(
        strike, rng, _CHURCH, _CHURCH_LEVELS, note_hz=note_hz, t60_s=7.0, duration_s=duration_s
    )
    mix = sequence(duration_s, ((0.05 + i * every_s, ring()) for i in range(strokes)))
    return reverberate(rng, mix, t60_s=2.0, level=0.25)


def temple_bell(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """A large Japanese temple bell, struck once with a beam: dark, long, beating slowly."""
    ratios = np.array([1.0, 2.02, 2.62, 3.4, 4.3, 5.6])
    levels = np.array([1.0, 0.75, 0.5, 0.3, 0.2, 0.1])
    times = 14 * ratios**-0.9
    tone = struck(105 * ratios, times, levels, duration_s)
    tone += struck(105 * ratios + 1.1, times, 0.6 * levels, duration_s)
    thump = struck([60, 95, 150], [0.25, 0.2, 0.12], [1, 1, 0.7], duration_s)
    return reverberate(rng, sequence(duration_s, [(0.05, tone + thump)]), t60_s=2.5, level=0.15)


def hand_bell(rng: np.random.Generator, *, shakes: int, duration_s: float) -> Samples:
    """A small bell shaken by hand."""
    levels = np.array([0.5, 1.0, 0.6, 0.4, 0.25])
    events = [
        (
            0.05 + 0.19 * i + rng.uniform(0, 0.03),
            rng.uniform(0.5, 1)
            * strike(rng, _HAND, levels, note_hz=880, t60_s=2.2, duration_s=duration_s),
        )
        for i in range(shakes)
    ]
    return sequence(duration_s, events)


def bicycle_bell(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """Two pulls at the lever of a bicycle bell, each a quick run of strokes on a small cup."""
    levels = np.array([0.5, 1.0, 0.7, 0.35, 0.2])
    events = [
        (
            start_s + 0.055 * i,
            (1 - 0.07 * i)
            * strike(rng, _CUP, levels, note_hz=1150, t60_s=1.1, duration_s=duration_s),
        )
        for start_s in (0.05, 0.85)
        for i in range(6)
    ]
    return sequence(duration_s, events)


def door_chime(rng: np.random.Generator, *, notes_hz: tuple[float, ...]) -> Samples:
    """A door bell of struck bars: "ding-dong"."""
    duration_s = 0.7 * len(notes_hz) + 1.6
    bar = np.array([1.0, 2.76, 5.4, 8.93])
    levels = np.array([1.0, 0.3, 0.12, 0.05])
    events = [
        (
            0.05 + 0.7 * i,
            strike(rng, bar, levels, note_hz=note_hz, t60_s=2.2, duration_s=duration_s),
        )
        for i, note_hz in enumerate(notes_hz)
    ]
    return reverberate(rng, sequence(duration_s, events), t60_s=0.5, level=0.1)


def wind_chime(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """A glass wind chime moved by light air: a few thin, high strokes."""
    ratios = np.array([1.0, 2.32, 4.25, 6.6])
    levels = np.array([1.0, 0.5, 0.25, 0.1])
    times_s = np.cumsum(rng.uniform(0.12, 0.75, 12))
    events = [
        (
            at_s,
            rng.uniform(0.2, 1)
            * strike(
                rng,
                ratios,
                levels,
                note_hz=rng.choice([2100, 2360, 2640, 3150]),
                t60_s=1.8,
                duration_s=duration_s,
            ),
        )
        for at_s in times_s[times_s < duration_s - 0.4]
    ]
    return sequence(duration_s, events)


SOUNDS = (
    demo(
        "bells/church bell large.wav",
        partial(church_bell, note_hz=400, strokes=3, every_s=1.9, duration_s=7.0),
    ),
    demo(
        "bells/church bell small.wav",
        partial(church_bell, note_hz=520, strokes=6, every_s=0.8, duration_s=6.0),
    ),
    demo("鐘/お寺の鐘.wav", partial(temple_bell, duration_s=8.0)),
    demo("bells/hand bell.wav", partial(hand_bell, shakes=8, duration_s=2.8)),
    demo("bells/bicycle bell.wav", partial(bicycle_bell, duration_s=2.2)),
    demo("鐘/風鈴.wav", partial(wind_chime, duration_s=4.5)),
    demo("house/door bell.wav", partial(door_chime, notes_hz=(659.3, 523.3))),
    demo("玄関/呼び鈴.wav", partial(door_chime, notes_hz=(784.0, 622.3))),
)
