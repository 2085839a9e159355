"""Rain, wind and thunder."""

from functools import partial

import numpy as np

from kikimimi.audio.synthesis.envelopes import curve, decay, wander
from kikimimi.audio.synthesis.filters import bandpass, lowpass, resonate
from kikimimi.audio.synthesis.mixing import convolve
from kikimimi.audio.synthesis.modal import random_modes
from kikimimi.audio.synthesis.noise import impulses, shaped, white
from kikimimi.audio.synthesis.sound import demo
from kikimimi.audio.synthesis.timebase import Samples

_RAIN_BED = ((60, -30.0), (400, -12.0), (1500, -3.0), (5000, 0.0), (14000, -10.0))


def rain(rng: np.random.Generator, *, duration_s: float, drops_hz: float, bed: float) -> Samples:
    """Rain on open ground: `drops_hz` single drops a second over a bed of far drops."""
    tick = bandpass(white(rng, 0.004), 900, 7000) * decay(0.004, 0.004)
    near = convolve(impulses(rng, duration_s, drops_hz, spread=0.9), tick)
    far = shaped(rng, duration_s, _RAIN_BED) * (0.9 + 0.2 * wander(rng, duration_s, 2))
    return near / np.sqrt(np.mean(near**2)) + bed * far


def rain_on_roof(rng: np.random.Generator, *, duration_s: float, drops_hz: float) -> Samples:
    """Drops that set a tin roof ringing for a moment, over the rain around it."""
    total = 0.5 * rain(rng, duration_s=duration_s, drops_hz=300, bed=1.0)
    for _ in range(6):
        body = random_modes(rng, 9, 350, 4500, t60_s=0.05, duration_s=0.06)
        hits = convolve(impulses(rng, duration_s, drops_hz / 6, spread=0.8), body)
        total += 0.55 * hits / np.sqrt(np.mean(hits**2))
    return total


def wind(
    rng: np.random.Generator, *, duration_s: float, strength: float, gusts_hz: float
) -> Samples:
    """Wind: low noise whose level and whistling bands move with the gusts; strength 0 to 1."""
    gust = 0.25 + 0.75 * wander(rng, duration_s, gusts_hz)
    low = shaped(rng, duration_s, ((40, 0.0), (200, -4.0), (700, -20.0), (6000, -52.0)))
    howl = np.zeros_like(low)
    for centre_hz in (320.0, 520.0, 840.0):
        level = wander(rng, duration_s, 1.5 * gusts_hz) ** 2
        howl += level * resonate(
            white(rng, duration_s), (centre_hz * rng.uniform(0.85, 1.2), 0.09 * centre_hz, 1.0)
        )
    hiss = shaped(rng, duration_s, ((300, -12.0), (1200, 0.0), (4000, -12.0), (12000, -34.0)))
    return gust * low + strength * gust**2 * (4.5 * howl + 0.25 * hiss)


def thunder(rng: np.random.Generator, *, duration_s: float, near: float) -> Samples:
    """A clap (the nearer, the sharper) and the rumble that rolls after it; near 0 to 1."""
    rolls = wander(rng, duration_s, 3.5) ** 1.5
    fall = curve(duration_s, (0, 0), (0.25 - 0.2 * near, 1), (duration_s, 0)) ** 1.6
    rumble = shaped(rng, duration_s, ((25, 0.0), (110, -2.0), (300, -14.0), (2500, -48.0)))
    strokes = impulses(rng, duration_s, 160 * decay(duration_s, 1.6), spread=0.8)
    crack = lowpass(convolve(strokes, white(rng, 0.08) * decay(0.08, 0.1)), 900 + 5000 * near)
    crack /= np.abs(crack).max() + 1e-9
    tail = bandpass(white(rng, duration_s), 120, 900) * rolls * fall**2
    return (0.35 + 0.65 * rolls) * fall * rumble + near * (3.2 * crack + 1.2 * tail)


def rain_with_thunder(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """A thunderstorm: heavy rain and a clap not far away."""
    storm = rain(rng, duration_s=duration_s, drops_hz=1500, bed=1.5)
    clap = thunder(rng, duration_s=duration_s, near=0.5)
    return 0.12 * storm + clap / np.abs(clap).max()


SOUNDS = (
    demo("weather/light rain.wav", partial(rain, duration_s=5.0, drops_hz=60, bed=1.3)),
    demo("weather/heavy rain.wav", partial(rain, duration_s=5.0, drops_hz=1500, bed=1.8)),
    demo("weather/rain on roof.wav", partial(rain_on_roof, duration_s=5.0, drops_hz=160)),
    demo("天気/雷雨.wav", partial(rain_with_thunder, duration_s=6.0)),
    demo("weather/soft wind.wav", partial(wind, duration_s=5.0, strength=0.25, gusts_hz=0.5)),
    demo("weather/strong wind.wav", partial(wind, duration_s=5.0, strength=1.0, gusts_hz=0.8)),
    demo("weather/wind gusts.wav", partial(wind, duration_s=6.0, strength=0.7, gusts_hz=1.6)),
    demo("weather/thunder near.wav", partial(thunder, duration_s=5.0, near=0.9)),
    demo("weather/thunder far.wav", partial(thunder, duration_s=6.0, near=0.1)),
)
