"""Engines, vehicles and tools."""

from functools import partial

import numpy as np

from kikimimi.audio.synthesis.envelopes import curve, decay, glide, wander
from kikimimi.audio.synthesis.filters import bandpass, lowpass, resonate
from kikimimi.audio.synthesis.mixing import add, convolve, reverberate
from kikimimi.audio.synthesis.modal import random_modes, struck
from kikimimi.audio.synthesis.noise import shaped, white
from kikimimi.audio.synthesis.oscillators import falling_series, harmonics, phase, steady
from kikimimi.audio.synthesis.sound import demo
from kikimimi.audio.synthesis.timebase import SAMPLE_RATE_HZ, Samples, time_axis


def _ticks(rng: np.random.Generator, rate_hz: Samples, *, pattern: int, spread: float) -> Samples:
    """Return one impulse per cycle of `rate_hz` (T,); heights repeat every `pattern` cycles."""
    cycles = np.floor(phase(rate_hz) / (2 * np.pi))
    (starts,) = np.nonzero(np.diff(cycles, prepend=-1) > 0)
    heights = 1 + spread * rng.standard_normal(pattern)
    ticks = np.zeros_like(rate_hz)
    ticks[starts] = heights[np.arange(starts.size) % pattern]
    ticks[starts] *= rng.uniform(1 - spread, 1 + spread, starts.size)
    return ticks


def engine(
    rng: np.random.Generator, *, firing_hz: Samples, knock: float, muffle_hz: float
) -> Samples:
    """A piston engine: one pulse per firing through exhaust and body; `knock` adds clatter."""
    duration_s = firing_hz.size / SAMPLE_RATE_HZ
    shaken = firing_hz * (1 + 0.03 * (wander(rng, duration_s, 7) - 0.5))
    fires = _ticks(rng, shaken, pattern=4, spread=0.15)
    exhaust = struck(
        [62, 97, 155, 240, 370], [0.09, 0.08, 0.07, 0.05, 0.04], [1, 1, 0.8, 0.6, 0.4], 0.12
    )
    exhaust += 0.5 * lowpass(white(rng, 0.12), 900) * decay(0.12, 0.07)
    sound = lowpass(convolve(fires, exhaust), muffle_hz)
    sound /= sound.std()
    clatter = convolve(fires, random_modes(rng, 14, 900, 6500, t60_s=0.03, duration_s=0.04))
    air = shaped(rng, duration_s, ((100, -6.0), (500, 0.0), (3000, -14.0), (10000, -36.0)))
    return sound + knock * clatter / clatter.std() + 0.12 * air * firing_hz / firing_hz.max()


def idle(rng: np.random.Generator, *, firing_hz: float, knock: float, muffle_hz: float) -> Samples:
    """An engine that ticks over."""
    return engine(rng, firing_hz=steady(firing_hz, 4.0), knock=knock, muffle_hz=muffle_hz)


def revving(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """An engine blipped twice."""
    pitch = glide(
        duration_s, (0, 35), (0.5, 38), (1.0, 150), (1.3, 160), (2.1, 55), (2.6, 180), (2.9, 185),
        (duration_s, 42),
    )  # fmt: skip
    pitch *= 1 + 0.02 * (wander(rng, duration_s, 40) - 0.5)
    growl = harmonics(pitch / 2, falling_series(60) * rng.uniform(0.2, 1, 60))
    air = shaped(rng, duration_s, ((100, 0.0), (1000, -6.0), (6000, -25.0)))
    air *= 1 + np.sin(phase(pitch))
    pistons = engine(rng, firing_hz=pitch, knock=0.2, muffle_hz=4000)
    load = (pitch / pitch.max()) ** 0.6
    return load * (pistons + 0.5 * growl / growl.std() + 0.2 * air)


def helicopter(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """Blade slap at the passing rate of the rotor, the wash, and a thin turbine."""
    slap = lowpass(white(rng, 0.07), 700) * decay(0.07, 0.09, attack_s=0.006)
    slap += 1.5 * struck([48, 74, 110], [0.12, 0.1, 0.08], [1, 1, 0.7], 0.07)
    blades = _ticks(rng, steady(13.5, duration_s), pattern=2, spread=0.06)
    beat = convolve(blades, slap)
    gate = 0.35 + 0.65 * convolve(blades, decay(0.074, 0.12))
    wash = shaped(rng, duration_s, ((80, 0.0), (400, -3.0), (1500, -12.0), (8000, -34.0))) * gate
    turbine = harmonics(steady(1130, duration_s) + 4 * wander(rng, duration_s, 2), [1, 0.4, 0.2])
    approach = curve(duration_s, (0, 0.55), (duration_s, 1))
    return approach * (beat / beat.std() + 0.6 * wash + 0.03 * turbine)


def propeller_plane(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """A small aeroplane passing over: a drone of harmonics that drops in pitch as it goes."""
    doppler = glide(
        duration_s,
        (0, 1.1),
        (0.35 * duration_s, 1.07),
        (0.65 * duration_s, 0.93),
        (duration_s, 0.9),
    )
    level = glide(duration_s, (0, 0.2), (0.5 * duration_s, 1), (duration_s, 0.25))
    amplitudes = falling_series(28, 0.75) * rng.uniform(0.5, 1, 28)
    drone = harmonics(82 * doppler, amplitudes)
    drone += 0.5 * harmonics(41 * doppler * (1 + 0.002 * wander(rng, duration_s, 3)), amplitudes)
    air = shaped(rng, duration_s, ((100, 0.0), (600, -4.0), (2500, -16.0), (9000, -40.0)))
    flutter = 0.8 + 0.4 * wander(rng, duration_s, 9)
    return level * (flutter * lowpass(drone, 1400) / drone.std() + 0.55 * air)


def train(rng: np.random.Generator, *, duration_s: float, horn: bool) -> Samples:
    """A train over jointed rails: rumble, wheel pairs on the joints, and perhaps the horn."""
    mix = shaped(
        rng, duration_s, ((30, -6.0), (100, 0.0), (400, -3.0), (1600, -20.0), (12000, -45.0))
    )
    for bogie_s in np.arange(0.15, duration_s, 0.375):
        for wheel_s in (0.0, 0.14):
            joint = bandpass(white(rng, 0.15), 150, 2500) * decay(0.15, 0.1, attack_s=0.002)
            add(mix, joint / np.abs(joint).max(), bogie_s + wheel_s, rng.uniform(1.6, 2.2))
    if horn:
        blow = curve(duration_s, (0, 0), (0.4, 0), (0.5, 1), (2.2, 1), (2.5, 0), (duration_s, 0))
        notes_hz = (311, 370, 466)
        chord = [harmonics(steady(hz, duration_s), falling_series(16, 0.7)) for hz in notes_hz]
        mix += 1.6 * blow * np.sum(chord, axis=0)
    return reverberate(rng, mix, t60_s=0.6, level=0.3)


def washing_machine(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """Motor hum and water and washing that tumble round with the drum."""
    turn = time_axis(duration_s) * 0.85 % 1
    tumble = np.exp(-((turn - 0.4) ** 2) / 0.02) + 0.5 * np.exp(-((turn - 0.75) ** 2) / 0.01)
    slosh = shaped(rng, duration_s, ((100, -10.0), (400, 0.0), (1500, -6.0), (8000, -30.0)))
    thuds = lowpass(white(rng, duration_s), 140) * tumble**2
    hum = harmonics(steady(100, duration_s), [1, 0.6, 0.2, 0.35, 0.1, 0.2, 0.05, 0.1])
    whine = harmonics(steady(287, duration_s) + 6 * wander(rng, duration_s, 1), falling_series(9))
    drum = shaped(rng, duration_s, ((40, 0.0), (200, -3.0), (1200, -18.0), (8000, -44.0)))
    return (0.25 + tumble) * slosh + 5 * thuds + 0.25 * hum + 0.3 * whine + 0.7 * drum


def vacuum_cleaner(rng: np.random.Generator, *, duration_s: float, motor_hz: float) -> Samples:
    """A motor that runs up and the rush of air that it draws."""
    speed = glide(duration_s, (0, 0.15), (0.35, 0.8), (0.9, 1), (duration_s, 1))
    pitch = motor_hz * speed * (1 + 0.006 * wander(rng, duration_s, 2))
    motor = harmonics(pitch, falling_series(24, 0.6) * rng.uniform(0.3, 1, 24))
    air = shaped(
        rng, duration_s, ((80, -10.0), (400, 0.0), (1800, -2.0), (6000, -8.0), (15000, -20.0))
    )
    return speed**2 * (0.8 * motor / motor.std() + air)


def drill(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """A hand-held drill run up, pressed into wood, and let go."""
    speed = glide(
        duration_s, (0, 0.3), (0.3, 1), (0.8, 1.02), (1.0, 0.85), (2.2, 0.86), (2.4, 1.0),
        (duration_s - 0.3, 1.0), (duration_s, 0.3),
    )  # fmt: skip
    pitch = 600 * speed * (1 + 0.02 * (wander(rng, duration_s, 50) - 0.5))
    motor = harmonics(pitch, falling_series(25, 0.2) * rng.uniform(0.2, 1, 25))
    chips = bandpass(white(rng, duration_s), 800, 9000) * (1 + 0.5 * np.sin(phase(pitch / 8)))
    return speed * (motor / motor.std() + chips)


def hand_saw(rng: np.random.Generator, *, duration_s: float, stroke_s: float) -> Samples:
    """Push and pull of a saw through a board: noise that grows and dies with each stroke."""
    stroke = time_axis(duration_s) / stroke_s
    speed = np.abs(np.sin(np.pi * stroke)) ** 0.6
    push = np.where(np.floor(stroke) % 2 == 0, 1.0, 0.7)
    teeth = 1 + 0.5 * np.sin(phase(60 + 120 * speed))
    cut = bandpass(white(rng, duration_s), 800, 8000) * teeth
    board = resonate(cut, (1100, 400, 0.6), (2300, 900, 0.6), (4200, 1500, 1.0))
    return (board + 0.4 * cut) * speed**1.5 * push


SOUNDS = (
    demo("cars/engine idling.wav", partial(idle, firing_hz=27, knock=0.0, muffle_hz=2500)),
    demo("cars/diesel engine.wav", partial(idle, firing_hz=22, knock=1.0, muffle_hz=2500)),
    demo("cars/engine revving.wav", partial(revving, duration_s=4.0)),
    demo("vehicles/helicopter.wav", partial(helicopter, duration_s=5.0)),
    demo("vehicles/propeller plane.wav", partial(propeller_plane, duration_s=6.0)),
    demo("vehicles/train on rails.wav", partial(train, duration_s=5.0, horn=False)),
    demo("乗り物/列車の警笛.wav", partial(train, duration_s=4.0, horn=True)),
    demo("house/washing machine.wav", partial(washing_machine, duration_s=5.0)),
    demo("house/vacuum cleaner.wav", partial(vacuum_cleaner, duration_s=4.0, motor_hz=265)),
    demo("tools/electric drill.wav", partial(drill, duration_s=3.4)),
    demo("tools/hand saw.wav", partial(hand_saw, duration_s=3.2, stroke_s=0.3)),
)
