"""Sounds that people make without speaking: hands, breath, heart, whistles."""

from functools import partial

import numpy as np

from kikimimi.audio.synthesis.envelopes import decay, glide, hump, wander
from kikimimi.audio.synthesis.filters import bandpass, resonate
from kikimimi.audio.synthesis.mixing import add, reverberate, sequence, silence
from kikimimi.audio.synthesis.modal import struck
from kikimimi.audio.synthesis.noise import shaped, white
from kikimimi.audio.synthesis.oscillators import falling_series, harmonics, sine
from kikimimi.audio.synthesis.sound import demo
from kikimimi.audio.synthesis.timebase import Samples, time_axis


def _clap(rng: np.random.Generator) -> Samples:
    centre_hz = rng.uniform(900, 1500)
    burst = white(rng, 0.06) * decay(0.06, 0.03, attack_s=0.0015)
    clap = resonate(burst, (centre_hz, 0.5 * centre_hz, 1), (2.0 * centre_hz, 1500, 0.5))
    return clap / np.abs(clap).max()


def clapping(rng: np.random.Generator, *, every_s: float, duration_s: float) -> Samples:
    """One person who claps in time."""
    times_s = np.arange(0.08, duration_s - 0.2, every_s)
    events = [(at_s + rng.uniform(0, 0.015), rng.uniform(0.8, 1) * _clap(rng)) for at_s in times_s]
    return reverberate(rng, sequence(duration_s, events), t60_s=0.5, level=0.2)


def applause(rng: np.random.Generator, *, duration_s: float, people: int) -> Samples:
    """An audience: each person claps about four times a second, in a rhythm of their own."""
    mix = silence(duration_s)
    for _ in range(people):
        interval_s, distance = rng.uniform(0.2, 0.3), rng.uniform(0.3, 1)
        claps = [distance * _clap(rng) for _ in range(3)]
        at_s = rng.uniform(0, interval_s)
        while at_s < duration_s - 0.05:
            add(mix, claps[rng.integers(3)], at_s, rng.uniform(0.7, 1))
            at_s += interval_s * rng.uniform(0.92, 1.08)
    swell = glide(duration_s, (0, 0.4), (0.6, 1), (0.7 * duration_s, 1), (duration_s, 0.3))
    return reverberate(rng, swell * mix, t60_s=0.7, level=0.4)


def referee_whistle(
    rng: np.random.Generator, *, blows_s: tuple[tuple[float, float], ...], duration_s: float
) -> Samples:
    """A whistle with a pea: a high tone that the pea cuts some forty times a second."""
    mix = silence(duration_s)
    for at_s, length_s in blows_s:
        pea = np.sin(2 * np.pi * 42 * time_axis(length_s) + wander(rng, length_s, 8))
        pitch = 2700 + 130 * pea + 80 * wander(rng, length_s, 6)
        tone = harmonics(pitch, [1, 0.25, 0.15]) + 0.4 * sine(pitch * 1.06)
        tone *= 0.65 + 0.35 * pea
        breath = 0.12 * bandpass(white(rng, length_s), 2000, 6000)
        add(mix, (tone + breath) * hump(length_s, attack_s=0.02, release_s=0.04), at_s)
    return reverberate(rng, mix, t60_s=0.7, level=0.15)


def whistled_tune(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """A few notes whistled with the lips."""
    points = [(0.0, 1318.5), (0.3, 1318.5), (0.36, 1568.0), (0.7, 1568.0), (0.76, 1760.0)]
    points += [(1.1, 1760.0), (1.18, 1568.0), (1.5, 1568.0), (1.6, 1318.5), (duration_s, 1310.0)]
    vibrato = 1 + 0.008 * np.sin(2 * np.pi * 5.5 * time_axis(duration_s))
    pitch = glide(duration_s, *points) * vibrato
    breath = 0.05 * bandpass(white(rng, duration_s), 1200, 5000)
    level = hump(duration_s, attack_s=0.06, release_s=0.25) * (
        0.8 + 0.2 * wander(rng, duration_s, 4)
    )
    tone = level * (harmonics(pitch, [1, 0.05, 0.01]) + breath)
    return reverberate(rng, tone, t60_s=0.5, level=0.12)


def breathing(rng: np.random.Generator, *, breaths: int, breath_s: float) -> Samples:
    """Breath in, bright and short; breath out, darker and longer."""
    mix = silence(breaths * breath_s + 0.3)
    for i in range(breaths):
        start_s = 0.1 + i * breath_s
        in_s, out_s = 0.36 * breath_s, 0.5 * breath_s
        drawn = resonate(white(rng, in_s), (1100, 350, 1), (2300, 500, 0.8), (4200, 900, 0.3))
        given = resonate(white(rng, out_s), (520, 200, 1), (1300, 300, 0.9), (2500, 700, 0.4))
        add(mix, 0.8 * drawn * hump(in_s, attack_s=0.6 * in_s, release_s=0.3 * in_s), start_s)
        out_level = hump(out_s, attack_s=0.2 * out_s, release_s=0.75 * out_s)
        add(mix, given * out_level, start_s + 0.45 * breath_s)
    return mix


def heartbeat(rng: np.random.Generator, *, beats_hz: float, duration_s: float) -> Samples:
    """Two dull thuds to a beat, as through a stethoscope."""
    first = struck([38, 55, 82, 120], [0.16, 0.14, 0.1, 0.07], [1, 1, 0.7, 0.35], 0.2)
    second = struck([48, 70, 104, 150], [0.11, 0.1, 0.08, 0.05], [0.8, 0.9, 0.6, 0.3], 0.2)
    soft = np.minimum(time_axis(0.2) / 0.012, 1)
    mix = silence(duration_s)
    for at_s in np.arange(0.1, duration_s - 0.45, 1 / beats_hz):
        add(mix, first * soft, at_s, rng.uniform(0.9, 1))
        add(mix, 0.75 * second * soft, at_s + 0.31)
    bed = shaped(rng, duration_s, ((30, 0.0), (120, -8.0), (800, -40.0), (3000, -60.0)))
    return mix + 0.01 * bed


def snoring(rng: np.random.Generator, *, breaths: int) -> Samples:
    """A sleeper: rough, fluttering breath in, soft breath out."""
    mix = silence(2.6 * breaths)
    for i in range(breaths):
        length_s = 1.15
        flutter_hz = 34 + 12 * wander(rng, length_s, 4)
        pulses = harmonics(flutter_hz, falling_series(60, 0.35))
        gate = np.clip(pulses, 0, None) / pulses.std()
        rough = 0.5 * pulses / pulses.std() + white(rng, length_s) * (0.5 + gate)
        drawn = resonate(rough, (320, 200, 1), (850, 350, 0.9), (1900, 700, 0.6), (3200, 1000, 0.3))
        drawn = drawn / drawn.std() * hump(length_s, attack_s=0.3, release_s=0.25)
        given = resonate(white(rng, 0.8), (900, 500, 0.6), (2500, 1200, 0.5))
        given = given / given.std() * hump(0.8, attack_s=0.15, release_s=0.55)
        add(mix, drawn, 0.1 + 2.6 * i)
        add(mix, 0.15 * given, 1.5 + 2.6 * i)
    return reverberate(rng, mix, t60_s=0.3, level=0.1)


SOUNDS = (
    demo("people/applause.wav", partial(applause, duration_s=4.5, people=90)),
    demo("people/clapping.wav", partial(clapping, every_s=0.33, duration_s=3.0)),
    demo(
        "people/referee whistle.wav",
        partial(referee_whistle, blows_s=((0.05, 0.25), (0.45, 1.0)), duration_s=1.8),
    ),
    demo("人/口笛.wav", partial(whistled_tune, duration_s=2.2)),
    demo("people/breathing.wav", partial(breathing, breaths=2, breath_s=2.1)),
    demo("人/心臓の鼓動.wav", partial(heartbeat, beats_hz=1.15, duration_s=4.0)),
    demo("people/snoring.wav", partial(snoring, breaths=2)),
)
