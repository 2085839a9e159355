"""Clocks, keys, clicks, shutters and zips."""

from functools import partial

import numpy as np

from kikimimi.audio.synthesis.envelopes import decay, hump
from kikimimi.audio.synthesis.filters import bandpass, equalise, highpass
from kikimimi.audio.synthesis.mixing import add, convolve, reverberate, sequence, silence
from kikimimi.audio.synthesis.modal import random_modes, struck
from kikimimi.audio.synthesis.noise import white
from kikimimi.audio.synthesis.sound import demo
from kikimimi.audio.synthesis.timebase import SAMPLE_RATE_HZ, Samples, time_axis


def _click(rng: np.random.Generator, low_hz: float, high_hz: float, t60_s: float) -> Samples:
    body = random_modes(rng, 10, low_hz, high_hz, t60_s=t60_s, duration_s=2 * t60_s)
    rattle = bandpass(white(rng, 2 * t60_s), low_hz, high_hz) * decay(2 * t60_s, 0.5 * t60_s)
    return body / np.abs(body).max() + 1.2 * rattle / np.abs(rattle).max()


def _tick(rng: np.random.Generator, low_hz: float, t60_s: float) -> Samples:
    body = random_modes(rng, 7, low_hz, 3 * low_hz, t60_s=t60_s, duration_s=0.12)
    body /= np.abs(body).max()
    body[:96] += 0.8 * highpass(white(rng, 0.003), 1500)
    return body


def clock(
    rng: np.random.Generator, *, ticks_hz: float, low_hz: float, t60_s: float, duration_s: float
) -> Samples:
    """A clock whose tick and tock differ a little, always in the same way."""
    tick, tock = _tick(rng, low_hz, t60_s), 0.85 * _tick(rng, 0.85 * low_hz, t60_s)
    times_s = np.arange(0.1, duration_s - 0.05, 1 / ticks_hz)
    events = [(at_s, (tick, tock)[i % 2]) for i, at_s in enumerate(times_s)]
    escape = [(at_s + 0.028, 0.25 * tock) for at_s in times_s]
    return reverberate(rng, sequence(duration_s, events + escape), t60_s=0.3, level=0.08)


def metronome(rng: np.random.Generator, *, beats_hz: float, duration_s: float) -> Samples:
    """A wooden metronome, first of four beats with its bell."""
    mix = silence(duration_s)
    tap = struck([820, 1650, 2450, 3900], [0.06, 0.05, 0.04, 0.03], [1, 0.8, 0.5, 0.4], 0.1)
    tap[:48] += 0.5 * white(rng, 0.0015)
    bell = struck([2650, 5480, 8900], [0.5, 0.3, 0.2], [0.8, 0.5, 0.2], 0.6)
    for i, at_s in enumerate(np.arange(0.1, duration_s - 0.1, 1 / beats_hz)):
        add(mix, tap, at_s)
        if i % 4 == 0:
            add(mix, bell, at_s, 0.5)
    return reverberate(rng, mix, t60_s=0.3, level=0.08)


def typing(rng: np.random.Generator, *, keys_hz: float, duration_s: float) -> Samples:
    """Keys pressed and let go in uneven bursts."""
    mix = silence(duration_s)
    keys = [_click(rng, 1100 * rng.uniform(0.8, 1.25), 8500, 0.025) for _ in range(8)]
    thud = struck([160, 270, 420], [0.05, 0.04, 0.03], [1, 0.8, 0.5], 0.07)
    at_s = 0.08
    while at_s < duration_s - 0.2:
        key, gain = keys[rng.integers(8)], rng.uniform(0.5, 1)
        add(mix, key, at_s, gain)
        add(mix, thud, at_s + 0.003, 0.25 * gain)
        add(mix, key, at_s + rng.uniform(0.06, 0.09), 0.35 * gain)
        pause = rng.random() < 0.08
        at_s += rng.gamma(5, 1 / (5 * keys_hz)) + 0.04 + 0.3 * pause
    return reverberate(rng, mix, t60_s=0.25, level=0.08)


def mouse_clicks(rng: np.random.Generator, *, times_s: tuple[float, ...]) -> Samples:
    """Presses of a mouse button: down and up."""
    down, up = _click(rng, 1800, 9000, 0.012), 0.6 * _click(rng, 2300, 9500, 0.01)
    events = [(at_s, down) for at_s in times_s]
    events += [(at_s + 0.085, up) for at_s in times_s]
    mix = sequence(times_s[-1] + 0.4, events)
    return reverberate(rng, mix, t60_s=0.2, level=0.05)


def _part(
    rng: np.random.Generator, low_hz: float, t60_s: float, *, length_s: float = 0.06
) -> Samples:
    burst = bandpass(white(rng, length_s), low_hz, 9000) * decay(length_s, t60_s, attack_s=0.0005)
    return burst / np.abs(burst).max()


def shutter(rng: np.random.Generator, *, shots: int) -> Samples:
    """A single-lens reflex camera: mirror up, curtain, mirror down, film wound on."""
    mix = silence(0.7 * shots + 0.2)
    for start_s in 0.08 + 0.7 * np.arange(shots):
        add(mix, _part(rng, 1500, 0.03), start_s)
        add(mix, _part(rng, 3000, 0.03), start_s + 0.03, 0.5)
        add(mix, _part(rng, 1300, 0.03), start_s + 0.1, 0.9)
        add(mix, _part(rng, 3000, 0.03), start_s + 0.13, 0.4)
        motor = bandpass(white(rng, 0.15), 1500, 9000) * hump(0.15, attack_s=0.02, release_s=0.05)
        add(mix, motor, start_s + 0.16, 0.1)
    return mix


def zipper(rng: np.random.Generator, *, pulls_s: tuple[float, ...]) -> Samples:
    """A zip drawn: teeth that pass faster and faster, pitch climbing with them."""
    parts = []
    at_s = 0.06
    for length_s in pulls_s:
        time_s = time_axis(length_s)
        rate_hz = 220 + 500 * (time_s / length_s) ** 1.3
        cycles = np.floor(np.cumsum(rate_hz) / SAMPLE_RATE_HZ)
        teeth = (np.diff(cycles, prepend=0) > 0) * rng.uniform(0.4, 1, time_s.size)
        tooth = random_modes(rng, 9, 1500, 9500, t60_s=0.006, duration_s=0.01)
        slide = bandpass(white(rng, length_s), 2000, 9000) * (0.4 + rate_hz / rate_hz.max())
        run = convolve(teeth, tooth)
        run = run / run.std() + 1.5 * slide / slide.std()
        parts.append((at_s, run * hump(length_s, attack_s=0.04, release_s=0.05)))
        at_s += length_s + 0.25
    return equalise(sequence(at_s, parts), ((300, -24.0), (1500, -3.0), (4500, 0.0), (14000, -9.0)))


SOUNDS = (
    demo(
        "clocks/clock ticking.wav",
        partial(clock, ticks_hz=2.0, low_hz=2600, t60_s=0.05, duration_s=4.0),
    ),
    demo(
        "時計/柱時計.wav",
        partial(clock, ticks_hz=1.0, low_hz=1300, t60_s=0.07, duration_s=5.0),
    ),
    demo("clocks/metronome.wav", partial(metronome, beats_hz=1.8, duration_s=4.6)),
    demo(
        "office/keyboard typing.wav",
        partial(typing, keys_hz=8, duration_s=4.0),
    ),
    demo("office/mouse click.wav", partial(mouse_clicks, times_s=(0.1, 0.75, 0.95))),
    demo("office/camera shutter.wav", partial(shutter, shots=2)),
    demo("house/zipper.wav", partial(zipper, pulls_s=(0.55, 0.4))),
)
