"""Knocks, footsteps, glass, metal, and doors: things that hit things."""

from functools import partial

import numpy as np

from kikimimi.audio.synthesis.envelopes import decay, hump
from kikimimi.audio.synthesis.filters import bandpass, equalise, highpass, lowpass, resonate
from kikimimi.audio.synthesis.mixing import add, convolve, reverberate, sequence, silence
from kikimimi.audio.synthesis.modal import random_modes, struck
from kikimimi.audio.synthesis.noise import impulses, shaped, white
from kikimimi.audio.synthesis.sound import demo
from kikimimi.audio.synthesis.timebase import SAMPLE_RATE_HZ, Samples, time_axis

_DOOR_HZ = np.array([95.0, 148, 232, 310, 440, 590, 830, 1180, 1650])
_PLATE_HZ = np.array([180.0, 415, 640, 905, 1330, 1790, 2480, 3300, 4420, 5900])
_COIN_HZ = np.array([4350.0, 5120, 7800, 9400, 11900, 13800])


def _wooden_knock(rng: np.random.Generator) -> Samples:
    modes = _DOOR_HZ * rng.uniform(0.985, 1.015, _DOOR_HZ.size)
    levels = rng.uniform(0.5, 1, modes.size) * (modes / 150) ** -0.4
    body = struck(modes, 0.13 * (modes / 95) ** -0.5, levels, 0.2)
    panel = lowpass(white(rng, 0.2), 900) * decay(0.2, 0.1, attack_s=0.001)
    knuckle = bandpass(white(rng, 0.02), 900, 5000) * decay(0.02, 0.012)
    body += 2.2 * panel / panel.std() * 0.25
    body[: knuckle.size] += 2 * knuckle
    return body


def _metal_knock(rng: np.random.Generator) -> Samples:
    modes = _PLATE_HZ * rng.uniform(0.995, 1.005, _PLATE_HZ.size)
    levels = rng.uniform(0.3, 1, modes.size)
    body = struck(modes, 0.9 * (modes / 180) ** -0.4, levels, 1.2)
    body[:96] += 2 * white(rng, 0.003)
    return body


def knocks(
    rng: np.random.Generator, *, metal: bool, count: int, every_s: float, room: float
) -> Samples:
    """Knuckles on a wooden door, or on a sheet of metal."""
    knock = _metal_knock if metal else _wooden_knock
    events = [
        (0.08 + every_s * (i + rng.uniform(-0.06, 0.06)), rng.uniform(0.75, 1) * knock(rng))
        for i in range(count)
    ]
    duration_s = 0.08 + every_s * count + (1.2 if metal else 0.5)
    return reverberate(rng, sequence(duration_s, events), t60_s=0.5, level=room)


def _step_on_wood(rng: np.random.Generator) -> Samples:
    board = struck([78, 131, 204, 340], [0.14, 0.11, 0.08, 0.05], [0.8, 0.8, 0.5, 0.4], 0.2)
    heel = lowpass(white(rng, 0.2), 1400) * decay(0.2, 0.07, attack_s=0.001)
    tap = bandpass(white(rng, 0.03), 1500, 7000) * decay(0.03, 0.012)
    sole = bandpass(white(rng, 0.12), 500, 6000) * hump(0.12, attack_s=0.02, release_s=0.08)
    return sequence(
        0.4,
        [
            (0.0, 0.5 * board + 1.3 * heel),
            (0.0, 1.3 * tap),
            (rng.uniform(0.05, 0.08), 0.13 * sole),
            (rng.uniform(0.1, 0.13), 0.35 * heel),
        ],
    )


def _step_on_gravel(rng: np.random.Generator) -> Samples:
    length_s = rng.uniform(0.28, 0.36)
    press = hump(length_s, attack_s=0.05, release_s=0.2)
    stone = random_modes(rng, 8, 1500, 9000, t60_s=0.008, duration_s=0.012)
    grains = convolve(impulses(rng, length_s, 1200 * press**2, spread=0.7), stone)
    return grains / np.abs(grains).max() * press


def footsteps(
    rng: np.random.Generator, *, gravel: bool, every_s: float, duration_s: float
) -> Samples:
    """Somebody walking or running past."""
    step = _step_on_gravel if gravel else _step_on_wood
    starts_s = np.arange(0.1, duration_s - 0.35, every_s)
    events = [
        (at_s + rng.uniform(0, 0.05 * every_s), rng.uniform(0.7, 1) * step(rng))
        for at_s in starts_s
    ]
    return reverberate(rng, sequence(duration_s, events), t60_s=0.4, level=0.06 if gravel else 0.2)


def glass_break(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """A pane: the blow, the burst, and shards that tinkle down."""
    mix = silence(duration_s)
    add(mix, 4 * lowpass(white(rng, 0.02), 2500) * decay(0.02, 0.03), 0.05)
    add(mix, 2.5 * highpass(white(rng, 0.25), 2500) * decay(0.25, 0.25), 0.055)
    for at_s in 0.06 + rng.exponential(0.28, 150):
        shard = random_modes(rng, 4, 2200, 13000, t60_s=rng.uniform(0.05, 0.3), duration_s=0.3)
        add(mix, shard, at_s, 0.7 * rng.uniform(0.1, 1) ** 2 * np.exp(-at_s / 0.5))
    return reverberate(rng, mix, t60_s=0.5, level=0.12)


def glass_clink(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """Two wine glasses touched together."""
    ratios = np.array([1.0, 2.31, 4.22, 6.4])
    mix = silence(duration_s)
    for note_hz, gain in ((1720.0, 1.0), (2035.0, 0.8)):
        tone = struck(note_hz * ratios, 1.3 * ratios**-0.6, [1, 0.8, 0.5, 0.25], duration_s)
        add(mix, tone, 0.04, gain)
    add(mix, 0.8 * highpass(white(rng, 0.004), 4000), 0.04)
    return reverberate(rng, mix, t60_s=0.4, level=0.08)


def coin_drop(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """A coin that bounces on a table, faster and faster, then spins down."""
    mix = silence(duration_s)
    at_s, gap_s, gain = 0.05, 0.34, 1.0
    while gap_s > 0.012 and at_s < duration_s - 0.1:
        levels = rng.uniform(0.3, 1, _COIN_HZ.size)
        ring = struck(_COIN_HZ, 0.16 * (_COIN_HZ / 4350) ** -0.5, levels, 0.3)
        ring += 0.25 * random_modes(rng, 12, 3500, 14000, t60_s=0.08, duration_s=0.3)
        ring[:128] += 3 * bandpass(white(rng, 0.004), 700, 6000)
        add(mix, ring, at_s, gain)
        at_s, gap_s, gain = at_s + gap_s, gap_s * 0.83, gain * 0.87
    return mix


def can_opening(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """The tab of a can: click, burst of gas, and the lid bent in."""
    tin = partial(random_modes, rng, 10, 900, 8000, t60_s=0.09, duration_s=0.12)
    hiss = highpass(white(rng, 0.55), 2500) * decay(0.55, 0.5, attack_s=0.01)
    fizz = highpass(impulses(rng, 1.2, 900, spread=0.8), 5000) * decay(1.2, 1.6)
    crack = highpass(white(rng, 0.03), 700) * decay(0.03, 0.03)
    return sequence(
        duration_s,
        [
            (0.1, 0.35 * tin()),
            (0.32, crack + 0.6 * hiss[: crack.size]),
            (0.32, 0.9 * tin()),
            (0.33, 0.45 * hiss),
            (0.62, 0.5 * tin()),
            (0.6, 0.12 * fizz),
        ],
    )


def sword_clash(rng: np.random.Generator, *, clashes: int, duration_s: float) -> Samples:
    """Blades that meet: bright inharmonic ringing with a scrape."""
    mix = silence(duration_s)
    for i in range(clashes):
        at_s = 0.06 + 0.62 * i + rng.uniform(0, 0.08)
        ring = random_modes(rng, 22, 1100, 12000, t60_s=1.3, duration_s=1.2)
        scrape = bandpass(white(rng, 0.16), 2500, 9000) * decay(0.16, 0.18)
        add(mix, ring / np.abs(ring).max(), at_s)
        add(mix, 0.35 * scrape, at_s)
    return reverberate(rng, mix, t60_s=0.6, level=0.1)


def door_slam(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """A heavy door thrown shut, with the latch."""
    thump = struck(_DOOR_HZ * 0.62, 0.45 * (_DOOR_HZ / 95) ** -0.6, (_DOOR_HZ / 95) ** -0.5, 0.6)
    burst = shaped(rng, 0.2, ((80, 0.0), (500, -6.0), (3000, -18.0))) * decay(0.2, 0.2)
    latch = random_modes(rng, 8, 1200, 6000, t60_s=0.05, duration_s=0.08)
    mix = sequence(
        duration_s,
        [(0.12, 0.12 * latch), (0.18, 1.2 * thump), (0.18, 1.5 * burst), (0.21, 0.3 * latch)],
    )
    return reverberate(rng, mix, t60_s=0.9, level=0.3)


def door_creak(rng: np.random.Generator, *, duration_s: float) -> Samples:
    """A dry hinge: stick-slip clicks whose rate glides, ringing in the panel."""
    time_s = time_axis(duration_s)
    rate_hz = 55 + 75 * np.sin(np.pi * time_s / duration_s) ** 2 + 25 * np.sin(5 * time_s)
    cycles = np.cumsum(rate_hz) / SAMPLE_RATE_HZ
    (slips,) = np.nonzero(np.diff(np.floor(cycles)) > 0)
    clicks = np.zeros_like(time_s)
    clicks[slips] = rng.uniform(0.5, 1, slips.size)
    panel = resonate(clicks, (430, 60, 0.8), (960, 70, 1), (1480, 90, 1), (2350, 160, 0.9))
    panel = equalise(panel, ((100, -20.0), (700, 0.0), (3000, 0.0), (9000, -24.0)))
    swell = hump(duration_s, attack_s=0.3, release_s=0.35)
    return reverberate(rng, panel * swell, t60_s=0.5, level=0.15)


SOUNDS = (
    demo("door/knock on wood.wav", partial(knocks, metal=False, count=3, every_s=0.26, room=0.2)),
    demo("door/knock quick.wav", partial(knocks, metal=False, count=4, every_s=0.16, room=0.2)),
    demo("ドア/ノック2回.wav", partial(knocks, metal=False, count=2, every_s=0.34, room=0.35)),
    demo("impacts/knock on metal.wav", partial(knocks, metal=True, count=3, every_s=0.4, room=0.1)),
    demo("door/door slam.wav", partial(door_slam, duration_s=1.6)),
    demo("door/door creak.wav", partial(door_creak, duration_s=2.4)),
    demo(
        "footsteps/footsteps on wood.wav",
        partial(footsteps, gravel=False, every_s=0.58, duration_s=4.2),
    ),
    demo(
        "footsteps/running on wood.wav",
        partial(footsteps, gravel=False, every_s=0.31, duration_s=3.2),
    ),
    demo("足音/砂利道.wav", partial(footsteps, gravel=True, every_s=0.62, duration_s=4.4)),
    demo("impacts/glass breaking.wav", partial(glass_break, duration_s=2.0)),
    demo("impacts/glasses clink.wav", partial(glass_clink, duration_s=1.5)),
    demo("impacts/coin drop.wav", partial(coin_drop, duration_s=2.2)),
    demo("house/can opening.wav", partial(can_opening, duration_s=2.0)),
    demo("impacts/sword clash.wav", partial(sword_clash, clashes=3, duration_s=2.8)),
)
