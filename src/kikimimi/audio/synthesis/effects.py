"""Explosions, shots, fireworks, and the sounds of games."""

from functools import partial

import numpy as np

from kikimimi.audio.synthesis.envelopes import curve, decay, glide
from kikimimi.audio.synthesis.filters import bandpass, highpass, lowpass
from kikimimi.audio.synthesis.mixing import add, convolve, reverberate, sequence, silence
from kikimimi.audio.synthesis.noise import impulses, shaped, white
from kikimimi.audio.synthesis.oscillators import falling_series, harmonics, odd_series, sine, steady
from kikimimi.audio.synthesis.sound import demo
from kikimimi.audio.synthesis.timebase import Samples


def explosion(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """A blast: a saturated burst, a falling boom, and debris."""
    burst = white(rng, duration_s) * decay(duration_s, 0.7)
    rumble = shaped(rng, duration_s, ((25, 0.0), (120, 0.0), (400, -12.0), (3000, -36.0)))
    rumble *= decay(duration_s, 3.0, attack_s=0.01)
    boom = sine(glide(duration_s, (0, 95), (0.25, 48), (duration_s, 30))) * decay(duration_s, 1.4)
    debris = lowpass(impulses(rng, duration_s, 60 * decay(duration_s, 3), spread=1.0), 3000)
    blast = np.tanh(3 * (lowpass(burst, 3500) + 0.9 * rumble + 1.2 * boom)) + 0.5 * debris
    tail = curve(duration_s, (0, 1), (0.6 * duration_s, 0.5), (duration_s, 0))
    return reverberate(rng, sequence(duration_s, [(0.05, blast * tail)]), t60_s=2.0, level=0.4)


def gunshots(rng: np.random.Generator, *, times_s: tuple[float, ...], tail_s: float) -> Samples:
    """Shots in the open: a crack that dies in `tail_s`, and its echo."""
    mix = silence(times_s[-1] + 1.6)
    for at_s in times_s:
        crack = lowpass(white(rng, 1.0), 9000) * decay(1.0, tail_s)
        crack += shaped(rng, 1.0, ((30, 0.0), (200, -3.0), (1000, -20.0))) * decay(1.0, 2 * tail_s)
        add(mix, np.tanh(4 * crack / np.abs(crack).max()), at_s, rng.uniform(0.9, 1))
    return reverberate(rng, mix, t60_s=1.5, level=0.5)


def fireworks(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """A rocket that whistles up, bursts, and crackles down."""
    rise = sine(glide(0.9, (0, 1500), (0.9, 2900))) + 0.6 * bandpass(white(rng, 0.9), 1500, 5000)
    rise *= curve(0.9, (0, 0.3), (0.75, 1), (0.9, 0))
    bang = np.tanh(4 * lowpass(white(rng, 0.8), 1800) * decay(0.8, 0.6))
    fall_s = duration_s - 1.6
    sparks = impulses(rng, fall_s, 90 * curve(fall_s, (0, 1), (fall_s, 0.05)), spread=0.7)
    crackle = highpass(convolve(sparks, white(rng, 0.012) * decay(0.012, 0.012)), 900)
    mix = sequence(
        duration_s,
        [(0.05, 0.12 * rise), (1.05, bang), (1.5, 0.35 * crackle / np.abs(crackle).max())],
    )
    return reverberate(rng, mix, t60_s=1.8, level=0.35)


def laser(_rng: np.random.Generator, *, shots: int) -> Samples:
    """A ray gun of the films: a tone that plunges."""
    pitch = glide(0.32, (0, 3600), (0.06, 1700), (0.32, 180))
    shot = harmonics(pitch, falling_series(8, 1.2)) * decay(0.32, 0.55)
    return sequence(0.38 * shots + 0.2, ((0.04 + 0.38 * i, shot) for i in range(shots)))


def game_notes(
    _rng: np.random.Generator, *, notes: tuple[tuple[float, float], ...], release_s: float
) -> Samples:
    """Square-wave notes as of an early video game, each (pitch in Hz, length in seconds)."""
    events, at_s = [], 0.04
    for number, (pitch_hz, length_s) in enumerate(notes, start=1):
        sounding_s = release_s if number == len(notes) else length_s
        tone = harmonics(steady(pitch_hz, sounding_s), odd_series(21)) * decay(
            sounding_s, 1.5 * release_s, attack_s=0.002
        )
        events.append((at_s, tone))
        at_s += length_s
    return sequence(at_s + release_s, events)


SOUNDS = (
    demo("effects/explosion.wav", partial(explosion, duration_s=3.5)),
    demo("effects/gunshot.wav", partial(gunshots, times_s=(0.05,), tail_s=0.9)),
    demo(
        "effects/machine gun.wav",
        partial(gunshots, times_s=(0.05, 0.15, 0.25, 0.35, 0.45), tail_s=0.2),
    ),
    demo("効果音/花火.wav", partial(fireworks, duration_s=4.0)),
    demo("games/laser.wav", partial(laser, shots=3)),
    demo(
        "games/coin.wav", partial(game_notes, notes=((987.8, 0.08), (1318.5, 0.1)), release_s=0.5)
    ),
    demo(
        "ゲーム/レベルアップ.wav",
        partial(
            game_notes,
            notes=((523.3, 0.1), (659.3, 0.1), (784.0, 0.1), (1046.5, 0.12)),
            release_s=0.5,
        ),
    ),
)
