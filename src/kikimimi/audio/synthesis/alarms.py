"""Sirens, alarms, horns, telephones and electronic beeps."""

from functools import partial

import numpy as np

from kikimimi.audio.synthesis.envelopes import hump, wander
from kikimimi.audio.synthesis.filters import equalise, lowpass, resonate
from kikimimi.audio.synthesis.mixing import reverberate, sequence, silence
from kikimimi.audio.synthesis.modal import struck
from kikimimi.audio.synthesis.noise import white
from kikimimi.audio.synthesis.oscillators import (
    falling_series,
    harmonics,
    odd_series,
    sine,
    steady,
)
from kikimimi.audio.synthesis.sound import demo
from kikimimi.audio.synthesis.timebase import Samples, time_axis

_DTMF_HZ = {
    "1": (697, 1209), "2": (697, 1336), "3": (697, 1477),
    "4": (770, 1209), "5": (770, 1336), "6": (770, 1477),
    "7": (852, 1209), "8": (852, 1336), "9": (852, 1477),
    "0": (941, 1336),
}  # fmt: skip
"""Tone pairs of a push-button telephone (ITU-T Q.23)."""

_HORN_SPEAKER = ((200, -30.0), (500, -6.0), (1200, 0.0), (3000, -4.0), (9000, -26.0))


def siren(
    rng: np.random.Generator, *, duration_s: float, low_hz: float, high_hz: float, period_s: float
) -> Samples:
    """A siren whose pitch rises and falls between two bounds: slow is a wail, fast a yelp."""
    turn = time_axis(duration_s) / period_s % 1
    climb = np.where(turn < 0.45, turn / 0.45, (1 - turn) / 0.55)
    pitch = low_hz * (high_hz / low_hz) ** (np.sin(np.pi / 2 * climb) ** 2)
    tone = equalise(harmonics(pitch, falling_series(14, 0.8)), _HORN_SPEAKER)
    return reverberate(rng, tone, t60_s=0.8, level=0.35)


def two_tone_siren(
    rng: np.random.Generator, *, duration_s: float, tones_hz: tuple[float, float], each_s: float
) -> Samples:
    """A siren that changes between two tones, as a Japanese ambulance does (960 and 770 Hz)."""
    high_first = (time_axis(duration_s) / each_s % 2) < 1
    pitch = lowpass(np.where(high_first, *tones_hz) - tones_hz[1], 18) + tones_hz[1]
    tone = equalise(harmonics(pitch, falling_series(8, 1.0)), _HORN_SPEAKER)
    return reverberate(rng, tone, t60_s=0.8, level=0.35)


def beeps(
    _rng: np.random.Generator,
    *,
    frequency_hz: float,
    on_s: float,
    every_s: float,
    group: int,
    group_every_s: float,
    duration_s: float,
) -> Samples:
    """Square-like electronic beeps in groups."""
    beep = harmonics(steady(frequency_hz, on_s), odd_series(9, 1.3))
    beep *= hump(on_s, attack_s=0.004, release_s=0.006)
    starts_s = np.arange(0.05, duration_s - group * every_s + 1e-6, group_every_s)
    events = [(start + i * every_s, beep) for start in starts_s for i in range(group)]
    return sequence(duration_s, events)


def rattling_bell(
    rng: np.random.Generator,
    *,
    duration_s: float,
    strokes_hz: float,
    gongs_hz: tuple[float, float],
    rings_s: tuple[tuple[float, float], ...],
) -> Samples:
    """A hammer rattling between two small gongs, as in an old telephone or alarm clock."""
    ratios = np.array([1.0, 1.83, 2.7, 3.9, 5.1])
    levels = np.array([0.5, 1.0, 0.8, 0.5, 0.3])
    tones = [struck(gong * ratios, 0.9 * ratios**-0.4, levels, 1.2) for gong in gongs_hz]
    events = []
    for start_s, end_s in rings_s:
        for i, at_s in enumerate(np.arange(start_s, end_s, 1 / strokes_hz)):
            hit = rng.uniform(0.8, 1) * tones[i % 2]
            hit[:64] += 0.4 * white(rng, 0.002)
            events.append((at_s + rng.uniform(0, 0.002), hit))
    return reverberate(rng, sequence(duration_s, events), t60_s=0.3, level=0.1)


def line_tone(
    rng: np.random.Generator,
    *,
    tones_hz: tuple[float, ...],
    on_s: float,
    off_s: float,
    duration_s: float,
) -> Samples:
    """A tone of the telephone exchange, steady or cut, as heard in a handset."""
    tone = np.sum([sine(steady(tone_hz, duration_s)) for tone_hz in tones_hz], axis=0)
    cycle = time_axis(duration_s) % (on_s + off_s)
    gate = lowpass((cycle < on_s).astype(float), 80)
    return tone * gate + 0.004 * white(rng, duration_s)


def dialling(rng: np.random.Generator, *, digits: str) -> Samples:
    """A number dialled on a push-button telephone."""
    events = [
        (
            0.1 + 0.21 * i,
            hump(0.13, attack_s=0.003, release_s=0.003)
            * np.sum([sine(steady(tone_hz, 0.13)) for tone_hz in _DTMF_HZ[digit]], axis=0),
        )
        for i, digit in enumerate(digits)
    ]
    mix = sequence(0.21 * len(digits) + 0.3, events)
    return mix + 0.004 * rng.standard_normal(mix.size)


def car_horn(
    rng: np.random.Generator, *, honks_s: tuple[tuple[float, float], ...], duration_s: float
) -> Samples:
    """Two disc horns a third apart, honked."""
    events = []
    for start_s, length_s in honks_s:
        pitch = 1 + 0.004 * wander(rng, length_s, 5)
        tone = sum(
            (harmonics(note_hz * pitch, falling_series(30, 0.55)) for note_hz in (405.0, 505.0)),
            silence(length_s),
        )
        events.append((start_s, tone * hump(length_s, attack_s=0.015, release_s=0.04)))
    mix = resonate(sequence(duration_s, events), (500, 300, 0.8), (1500, 800, 1), (2700, 1000, 1))
    return reverberate(rng, mix, t60_s=0.7, level=0.25)


SOUNDS = (
    demo(
        "alarms/siren wail.wav",
        partial(siren, duration_s=6.0, low_hz=550, high_hz=1400, period_s=4.5),
    ),
    demo(
        "alarms/siren yelp.wav",
        partial(siren, duration_s=4.0, low_hz=600, high_hz=1400, period_s=0.35),
    ),
    demo(
        "警報/救急車のサイレン.wav",
        partial(two_tone_siren, duration_s=5.2, tones_hz=(960, 770), each_s=0.65),
    ),
    demo(
        "alarms/digital alarm clock.wav",
        partial(
            beeps, frequency_hz=2048, on_s=0.07, every_s=0.125, group=4, group_every_s=1.0,
            duration_s=4.0,
        ),
    ),
    demo(
        "alarms/smoke alarm.wav",
        partial(
            beeps, frequency_hz=3150, on_s=0.45, every_s=0.95, group=3, group_every_s=3.9,
            duration_s=3.8,
        ),
    ),
    demo(
        "alarms/reversing truck beeps.wav",
        partial(
            beeps, frequency_hz=1250, on_s=0.5, every_s=1.0, group=1, group_every_s=1.0,
            duration_s=4.2,
        ),
    ),
    demo(
        "beeps/single beep.wav",
        partial(
            beeps, frequency_hz=1000, on_s=0.3, every_s=0.4, group=1, group_every_s=9.0,
            duration_s=0.6,
        ),
    ),
    demo(
        "beeps/double beep.wav",
        partial(
            beeps, frequency_hz=1000, on_s=0.12, every_s=0.22, group=2, group_every_s=9.0,
            duration_s=0.7,
        ),
    ),
    demo(
        "alarms/bell alarm clock.wav",
        partial(
            rattling_bell, duration_s=3.5, strokes_hz=17, gongs_hz=(1650, 1820),
            rings_s=((0.05, 3.1),),
        ),
    ),
    demo(
        "phone/telephone ring.wav",
        partial(
            rattling_bell, duration_s=5.0, strokes_hz=25, gongs_hz=(1040, 1290),
            rings_s=((0.05, 1.3), (2.6, 3.9)),
        ),
    ),
    demo(
        "phone/dial tone.wav",
        partial(line_tone, tones_hz=(350, 440), on_s=9.0, off_s=0.0, duration_s=3.0),
    ),
    demo(
        "phone/busy tone.wav",
        partial(line_tone, tones_hz=(480, 620), on_s=0.5, off_s=0.5, duration_s=4.0),
    ),
    demo("phone/dialling a number.wav", partial(dialling, digits="0359841276")),
    demo("cars/car horn.wav", partial(car_horn, honks_s=((0.05, 1.3),), duration_s=2.0)),
    demo(
        "車/クラクション2回.wav",
        partial(car_horn, honks_s=((0.05, 0.22), (0.42, 0.5)), duration_s=1.5),
    ),
)  # fmt: skip
