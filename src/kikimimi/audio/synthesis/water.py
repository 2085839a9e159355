"""Sea, streams, drops, pouring, and fire.

A drop sounds by the bubble that it shuts in: a decaying sine whose pitch rises (K. van den Doel,
Physically based models for liquid sounds, ACM Trans. Applied Perception 2 (4), 2005).
"""

from functools import partial

import numpy as np

from kikimimi.audio.synthesis.envelopes import decay, glide, wander
from kikimimi.audio.synthesis.filters import bandpass, equalise, highpass
from kikimimi.audio.synthesis.mixing import add, convolve, reverberate, silence
from kikimimi.audio.synthesis.modal import random_modes
from kikimimi.audio.synthesis.noise import impulses, random_times, shaped, white
from kikimimi.audio.synthesis.oscillators import sine
from kikimimi.audio.synthesis.sound import demo
from kikimimi.audio.synthesis.timebase import Samples, time_axis


def bubble(frequency_hz: float, *, rise: float = 0.1) -> Samples:
    """One bubble of the given pitch; its damping grows with pitch, `rise` bends it upwards."""
    damping = 0.13 * frequency_hz + 0.0072 * frequency_hz**1.5
    time_s = time_axis(min(5 / damping, 0.25))
    pitch = frequency_hz * (1 + rise * damping * time_s)
    return sine(pitch) * np.exp(-damping * time_s) * np.minimum(time_s / 0.0004, 1)


def bubbles(
    rng: np.random.Generator, duration_s: float, rate_hz: float, low_hz: float, high_hz: float
) -> Samples:
    """Bubbles at random moments with pitches between two bounds, small ones the most."""
    mix = silence(duration_s)
    for at_s in random_times(rng, duration_s, rate_hz):
        frequency_hz = np.exp(rng.uniform(np.log(low_hz), np.log(high_hz)))
        gain = rng.uniform(0.1, 1) ** 2 * (low_hz / frequency_hz) ** 0.5
        add(mix, bubble(frequency_hz, rise=rng.uniform(0, 0.15)), at_s, gain)
    return mix


def sea(rng: np.random.Generator, *, duration_s: float, period_s: float, surf: float) -> Samples:
    """Waves that swell, break bright and run out; `surf` from 0 (calm) to 1 (breakers)."""
    low = shaped(rng, duration_s, ((40, -2.0), (200, 0.0), (800, -10.0), (6000, -36.0)))
    foam = shaped(rng, duration_s, ((200, -18.0), (900, -3.0), (3000, 0.0), (12000, -14.0)))
    phase = (time_axis(duration_s) / period_s + 0.65) % 1
    swell = np.where(phase < 0.35, (phase / 0.35) ** 2, np.exp(-(phase - 0.35) * 4.5))
    swell = 0.12 + 0.88 * swell * (0.75 + 0.25 * wander(rng, duration_s, 0.7))
    wash = 0.1 + 0.9 * np.roll(swell, round(0.06 * swell.size)) ** 1.5
    return swell * low + (0.45 + 0.9 * surf) * wash * foam


def stream(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """A brook: many bubbles over soft rushing."""
    rush = shaped(rng, duration_s, ((150, -22.0), (500, -4.0), (1200, 0.0), (7000, -20.0)))
    rush *= 0.8 + 0.4 * wander(rng, duration_s, 4)
    play = bubbles(rng, duration_s, 130, 350, 2400)
    return play / np.sqrt(np.mean(play**2)) + 0.55 * rush


def drops(
    rng: np.random.Generator, *, duration_s: float, interval_s: float, cave: float
) -> Samples:
    """Single drops into still water, each a tap and a bubble; `cave` is the level of the echo."""
    mix = silence(duration_s)
    at_s = 0.1
    while at_s < duration_s - 0.3:
        frequency_hz = rng.uniform(750, 1500)
        add(mix, 0.15 * highpass(white(rng, 0.003), 2500), at_s)
        add(mix, bubble(frequency_hz, rise=0.14), at_s + 0.012)
        add(mix, 0.4 * bubble(1.7 * frequency_hz, rise=0.1), at_s + rng.uniform(0.05, 0.09))
        at_s += interval_s * rng.uniform(0.7, 1.3)
    return reverberate(rng, mix, t60_s=2.2, level=cave) if cave > 0 else mix


def pouring(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """Water poured into a glass: splashing whose hollow tone climbs as the glass fills."""
    jet = shaped(rng, duration_s, ((200, -14.0), (900, 0.0), (4000, -6.0), (12000, -22.0)))
    play = bubbles(rng, duration_s, 160, 500, 3200)
    pitch = glide(duration_s, (0, 480), (0.6 * duration_s, 800), (duration_s, 1500))
    breath = bandpass(white(rng, duration_s), 20, 90)
    hollow = sine(pitch + 25 * wander(rng, duration_s, 12)) * breath / breath.std()
    flow = glide(duration_s, (0, 0), (0.15, 1), (duration_s - 0.5, 1), (duration_s - 0.1, 0.03))
    return flow * (play / play.std() + 0.5 * jet + 0.35 * hollow)


def fire(rng: np.random.Generator, *, duration_s: float, crackles_hz: float) -> Samples:
    """Burning wood: soft roar, hiss, and crackles of every size."""
    roar = shaped(rng, duration_s, ((40, 0.0), (150, -3.0), (600, -18.0), (5000, -45.0)))
    hiss = equalise(white(rng, duration_s), ((500, -30.0), (4000, -8.0), (12000, 0.0)))
    total = 0.3 * roar * (0.5 + wander(rng, duration_s, 6)) + 0.05 * hiss
    activity = crackles_hz * (0.2 + 1.6 * wander(rng, duration_s, 2) ** 2)
    for _ in range(5):
        snap = random_modes(rng, 6, 900, 9000, t60_s=0.012, duration_s=0.02)
        snap += 0.5 * white(rng, 0.02) * decay(0.02, 0.008)
        total += 0.5 * convolve(impulses(rng, duration_s, activity / 5, spread=1.3), snap)
    return total


SOUNDS = (
    demo("water/sea waves calm.wav", partial(sea, duration_s=8.0, period_s=4.5, surf=0.1)),
    demo("water/surf on the beach.wav", partial(sea, duration_s=8.0, period_s=6.0, surf=1.0)),
    demo("水/小川のせせらぎ.wav", partial(stream, duration_s=5.0)),
    demo("water/water drops.wav", partial(drops, duration_s=4.0, interval_s=0.55, cave=0.0)),
    demo(
        "water/water drops in a cave.wav",
        partial(drops, duration_s=5.0, interval_s=0.9, cave=0.5),
    ),
    demo("water/pouring water into a glass.wav", partial(pouring, duration_s=3.5)),
    demo("fire/campfire.wav", partial(fire, duration_s=5.0, crackles_hz=25)),
    demo("fire/small fire crackling.wav", partial(fire, duration_s=4.0, crackles_hz=9)),
)
