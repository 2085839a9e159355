"""Voices of animals: a harmonic or noisy source through formants, or modulated tones."""

from functools import partial

import numpy as np

from kikimimi.audio.synthesis.envelopes import glide, hump, wander
from kikimimi.audio.synthesis.filters import Resonance, resonate
from kikimimi.audio.synthesis.mixing import add, reverberate, sequence, silence
from kikimimi.audio.synthesis.noise import shaped, white
from kikimimi.audio.synthesis.oscillators import falling_series, harmonics, sine, steady
from kikimimi.audio.synthesis.sound import demo
from kikimimi.audio.synthesis.timebase import Samples, time_axis

Formants = tuple[Resonance, ...]


def _between(source: Samples, shut: Formants, wide: Formants, opening: Samples) -> Samples:
    """Pass a voice through a mouth that opens: `opening` (T,) from 0 (`shut`) to 1 (`wide`)."""
    return (1 - opening) * resonate(source, *shut) + opening * resonate(source, *wide)


def _bark(rng: np.random.Generator, *, size: float) -> Samples:
    length_s = rng.uniform(0.17, 0.22)
    peak_hz = rng.uniform(560, 640) / size
    noise = white(rng, length_s)
    pitch = glide(
        length_s,
        (0, 0.55 * peak_hz),
        (0.04, peak_hz),
        (0.1, 0.9 * peak_hz),
        (length_s, 0.45 * peak_hz),
    )
    rough = pitch * (1 + 0.3 * (wander(rng, length_s, 150) - 0.5))
    source = harmonics(rough, falling_series(24))
    source = source / source.std() + 0.1 * noise
    formed = resonate(source, (700 / size, 300, 1), (1400 / size, 400, 1), (2600 / size, 700, 0.6))
    return formed * hump(length_s, attack_s=0.02, release_s=0.6 * length_s)


def dog(rng: np.random.Generator, *, times_s: tuple[float, ...], size: float) -> Samples:
    """A dog that barks; size 1 is medium, more is larger and lower."""
    events = [(at_s, rng.uniform(0.8, 1) * _bark(rng, size=size)) for at_s in times_s]
    return reverberate(rng, sequence(times_s[-1] + 0.7, events), t60_s=0.5, level=0.3)


def cat(rng: np.random.Generator, *, duration_s: float, pitch_hz: float) -> Samples:
    """A meow: the mouth opens and shuts while the pitch rises and falls."""
    voice_s = duration_s - 0.6
    pitch = pitch_hz * glide(
        voice_s, (0, 0.8), (0.25 * voice_s, 1.15), (0.6 * voice_s, 1.05), (voice_s, 0.72)
    )
    pitch *= 1 + 0.03 * (wander(rng, voice_s, 20) - 0.5)
    source = harmonics(pitch, falling_series(24, 0.3))
    source = source / source.std() + 0.02 * white(rng, voice_s)
    opening = glide(voice_s, (0, 0), (0.35 * voice_s, 1), (0.6 * voice_s, 0.9), (voice_s, 0.05))
    shut: Formants = ((600, 200, 1), (2400, 500, 0.5))
    wide: Formants = ((1100, 400, 1), (1900, 500, 1), (3300, 700, 0.7), (5000, 1200, 0.3))
    meow = _between(source, shut, wide, opening) * hump(voice_s, attack_s=0.09, release_s=0.3)
    return reverberate(rng, sequence(duration_s, [(0.04, meow)]), t60_s=0.3, level=0.1)


def cow(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """A long moo."""
    voice_s = duration_s - 0.4
    pitch = glide(voice_s, (0, 105), (0.3, 150), (0.6 * voice_s, 165), (voice_s, 110))
    pitch *= 1 + 0.04 * (wander(rng, voice_s, 25) - 0.5)
    source = harmonics(pitch, falling_series(60, 0.5))
    source = source / source.std() + 0.12 * white(rng, voice_s)
    opening = glide(voice_s, (0, 0), (0.45, 0.4), (0.6 * voice_s, 1), (voice_s, 0.3))
    shut: Formants = ((240, 80, 1.2), (900, 200, 0.25))
    wide: Formants = ((520, 120, 1), (950, 180, 0.8), (2300, 500, 0.4), (3200, 700, 0.2))
    moo = _between(source, shut, wide, opening) * hump(voice_s, attack_s=0.25, release_s=0.4)
    return reverberate(rng, sequence(duration_s, [(0.05, moo)]), t60_s=0.9, level=0.2)


def _caw(rng: np.random.Generator) -> Samples:
    length_s = rng.uniform(0.34, 0.42)
    pitch = glide(length_s, (0, 480), (0.08, 590), (0.7 * length_s, 540), (length_s, 430))
    source = harmonics(
        pitch * (1 + 0.25 * (wander(rng, length_s, 130) - 0.5)), falling_series(24, 0.2)
    )
    source = source / source.std() + 0.45 * white(rng, length_s)
    source *= 1 + 0.5 * np.sin(2 * np.pi * 75 * time_axis(length_s))
    formed = resonate(source, (1150, 250, 0.9), (1650, 300, 1), (2700, 600, 0.6), (4300, 900, 0.2))
    return formed * hump(length_s, attack_s=0.03, release_s=0.12)


def crow(rng: np.random.Generator, *, caws: int) -> Samples:
    """A crow that caws a few times, some way off."""
    events = [(0.08 + 0.68 * i, rng.uniform(0.8, 1) * _caw(rng)) for i in range(caws)]
    return reverberate(rng, sequence(0.68 * caws + 0.5, events), t60_s=1.2, level=0.3)


def crickets(
    rng: np.random.Generator,
    *,
    duration_s: float,
    carriers_hz: tuple[float, ...],
    pulses_hz: float,
    chirps_hz: float,
    duty: float,
) -> Samples:
    """Insects that stridulate: a high tone in pulses, the pulses in chirps."""
    time_s = time_axis(duration_s)
    mix = 0.02 * shaped(rng, duration_s, ((100, 0.0), (600, -10.0), (6000, -30.0)))
    for i, carrier_hz in enumerate(carriers_hz):
        turn = (time_s * chirps_hz * rng.uniform(0.93, 1.07) + rng.random()) % 1
        chirp = np.sin(np.pi * np.clip(turn / duty, 0, 1)) ** 0.7
        pulse = np.maximum(np.sin(2 * np.pi * pulses_hz * turn / chirps_hz), 0) ** 1.5
        tone = sine(steady(carrier_hz, duration_s) + 60 * chirp)
        mix += chirp * pulse * tone * 0.75**i
    return reverberate(rng, mix, t60_s=0.6, level=0.15)


def frogs(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """A pond: a few frogs that croak in trains of short pulses."""
    mix = 0.02 * shaped(rng, duration_s, ((100, 0.0), (900, -12.0), (6000, -34.0)))
    for carrier_hz, pulse_hz, gain in ((620.0, 34.0, 1.0), (880.0, 45.0, 0.7), (1400.0, 27.0, 0.5)):
        for start_s in np.arange(rng.uniform(0.05, 0.6), duration_s - 0.4, rng.uniform(0.7, 1.0)):
            length_s = rng.uniform(0.28, 0.4)
            time_s = time_axis(length_s)
            pulses = np.exp(-((time_s * pulse_hz) % 1) * 4)
            bend = glide(length_s, (0, 0.85), (length_s, 1.12))
            croak = harmonics(carrier_hz / 2 * bend, [0.4, 1, 0.35, 0.8, 0.2, 0.4]) * pulses
            croak *= hump(length_s, attack_s=0.05, release_s=0.08)
            add(mix, croak, start_s + rng.uniform(0, 0.08), gain * rng.uniform(0.7, 1))
    return reverberate(rng, mix, t60_s=0.8, level=0.2)


def _note(
    rng: np.random.Generator, start_hz: float, end_hz: float, length_s: float, trill: float
) -> Samples:
    bend = glide(
        length_s,
        (0, start_hz),
        (0.5 * length_s, rng.uniform(0.95, 1.1) * (start_hz + end_hz) / 2),
        (length_s, end_hz),
    )
    bend = bend * (1 + trill * np.sin(2 * np.pi * 38 * time_axis(length_s)))
    return harmonics(bend, [1, 0.12, 0.03]) * hump(length_s, attack_s=0.012, release_s=0.03)


def sparrows(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """Small birds that chirp at will."""
    mix = silence(duration_s)
    for bird in range(3):
        at_s = rng.uniform(0.05, 0.4)
        while at_s < duration_s - 0.25:
            start_hz = rng.uniform(3300, 5200)
            tone = _note(
                rng, start_hz, start_hz * rng.uniform(0.6, 1.35), rng.uniform(0.06, 0.12), 0.03
            )
            add(mix, tone, at_s, rng.uniform(0.5, 1) * 0.7**bird)
            at_s += rng.uniform(0.14, 0.45)
    return reverberate(rng, mix, t60_s=0.9, level=0.25)


def song_bird(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """A song of whistled phrases, each repeated, with trills."""
    mix = silence(duration_s)
    at_s = 0.08
    while at_s < duration_s - 0.6:
        start_hz, end_hz = rng.uniform(2200, 4600, 2)
        length_s, trill = rng.uniform(0.09, 0.2), rng.choice([0.0, 0.05])
        for _ in range(rng.integers(2, 5)):
            add(mix, _note(rng, start_hz, end_hz, length_s, trill), at_s, rng.uniform(0.8, 1))
            at_s += length_s + 0.04
        at_s += rng.uniform(0.1, 0.3)
    return reverberate(rng, mix, t60_s=1.0, level=0.25)


def flying_insect(rng: np.random.Generator, *, duration_s: float, wings_hz: float) -> Samples:
    """An insect that flies about the ear: its wing beat, nearer and farther."""
    pitch = wings_hz * (0.94 + 0.12 * wander(rng, duration_s, 1.5))
    pitch *= 1 + 0.1 * (wander(rng, duration_s, 40) - 0.5)
    wings = harmonics(pitch, falling_series(50, 1.2))
    source = wings / wings.std() + 0.3 * white(rng, duration_s)
    body = resonate(source, (480, 200, 1), (900, 300, 0.8), (2200, 700, 0.3))
    return body * (0.15 + 0.85 * wander(rng, duration_s, 1.5) ** 1.5)


def sheep(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """A bleat: a nasal voice that shakes."""
    voice_s = duration_s - 0.4
    shake = np.sin(2 * np.pi * 8.5 * time_axis(voice_s))
    pitch = 620 * glide(voice_s, (0, 0.8), (0.3 * voice_s, 1.1), (voice_s, 0.8))
    pitch *= 1 + 0.03 * shake
    source = harmonics(pitch, falling_series(24, 0.3)) * (1 + 0.3 * shake)
    source = source / source.std() + 0.1 * white(rng, voice_s)
    formed = resonate(source, (1100, 400, 1), (1900, 500, 1), (3300, 700, 0.7), (5000, 1200, 0.3))
    bleat = formed * hump(voice_s, attack_s=0.1, release_s=0.3)
    return reverberate(rng, sequence(duration_s, [(0.05, bleat)]), t60_s=0.4, level=0.25)


SOUNDS = (
    demo("動物/犬の鳴き声.wav", partial(dog, times_s=(0.05, 0.45, 1.2), size=1.0)),
    demo("animals/large dog bark.wav", partial(dog, times_s=(0.05, 0.6), size=1.45)),
    demo("動物/猫の鳴き声.wav", partial(cat, duration_s=1.5, pitch_hz=750)),
    demo("animals/cow moo.wav", partial(cow, duration_s=2.6)),
    demo("animals/sheep bleat.wav", partial(sheep, duration_s=1.5)),
    demo("動物/カラス.wav", partial(crow, caws=3)),
    demo("birds/sparrows.wav", partial(sparrows, duration_s=4.0)),
    demo("birds/song bird.wav", partial(song_bird, duration_s=4.5)),
    demo(
        "animals/crickets at night.wav",
        partial(
            crickets, duration_s=5.0, carriers_hz=(3150, 3300, 3520, 3700), pulses_hz=32,
            chirps_hz=2.6, duty=0.36,
        ),
    ),
    demo(
        "虫/鈴虫.wav",
        partial(
            crickets, duration_s=5.0, carriers_hz=(3400, 3560, 3650, 3820), pulses_hz=42,
            chirps_hz=0.9, duty=0.8,
        ),
    ),
    demo("animals/frogs in a pond.wav", partial(frogs, duration_s=4.5)),
    demo("animals/bee.wav", partial(flying_insect, duration_s=4.0, wings_hz=215)),
)  # fmt: skip
