"""The synthesised machines obey the physics that their docstrings cite."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import signal

from kikimimi.audio.synthesis.machinery import (
    FAULTS,
    MACHINES,
    SEVERITIES,
    Fault,
    Operation,
    find_machine,
)
from kikimimi.audio.synthesis.machinery.fan import Fan
from kikimimi.audio.synthesis.machinery.gearbox import Gearbox
from kikimimi.audio.synthesis.machinery.parts.bearing import Bearing
from kikimimi.audio.synthesis.machinery.parts.belt import Belt
from kikimimi.audio.synthesis.machinery.parts.jet import jet_noise, spectral_density
from kikimimi.audio.synthesis.machinery.parts.shaft import imbalance_force, shaft_angle
from kikimimi.audio.synthesis.machinery.parts.structure import Structure
from kikimimi.audio.synthesis.machinery.pump import Pump
from kikimimi.audio.synthesis.machinery.surroundings import SURROUNDINGS, surroundings
from kikimimi.audio.synthesis.machinery.valve import Valve
from kikimimi.errors import ConfigError

Array = NDArray[np.float64]

RATE = 32000
WITH_FAULTS = [(name, fault) for name, make in MACHINES.items() for fault in make.faults]


def rng(*seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def specimen(name: str, seed: int = 0):
    return find_machine(name).build(rng(seed))


def sound(name: str, operation: Operation, *, take: int = 0) -> Array:
    return specimen(name).sound(rng(1, take), operation)


def power(samples: Array) -> tuple[Array, Array]:
    """Frequencies, in steps of one over the length, and powers that add up to the mean square."""
    window = np.hanning(samples.size)
    spectrum = 2 * np.abs(np.fft.rfft(samples * window)) ** 2 / (window**2).sum() / samples.size
    return np.fft.rfftfreq(samples.size, 1 / RATE), spectrum


def line(samples: Array, frequency_hz: float, *, tolerance: float = 0.006) -> float:
    """Power near a frequency that wanders a little."""
    frequencies, spectrum = power(samples)
    near = np.abs(frequencies - frequency_hz) <= max(tolerance * frequency_hz, 0.6)
    return float(spectrum[near].sum())


def floor(samples: Array, frequency_hz: float) -> float:
    """What the same width would hold beside it."""
    return 0.5 * (line(samples, 0.955 * frequency_hz) + line(samples, 1.045 * frequency_hz))


def envelope_peak_hz(samples: Array, low_hz: float, high_hz: float, *, from_hz: float) -> float:
    """The strongest frequency above `from_hz` in the envelope of a band."""
    band = signal.sosfiltfilt(
        signal.butter(4, (low_hz, high_hz), "bandpass", fs=RATE, output="sos"), samples
    )
    envelope = np.abs(signal.hilbert(band))
    frequencies, spectrum = power(envelope - envelope.mean())
    inside = (frequencies > from_hz) & (frequencies < 2.5 * from_hz)
    return float(frequencies[inside][spectrum[inside].argmax()])


def test_bearing_rates_are_those_of_a_bearing_that_was_measured() -> None:
    # 6205-2RS of the Case Western Reserve University's bearing data; multiples of the shaft's speed
    bearing = Bearing(balls=9, ball_mm=7.94, pitch_mm=39.04)
    assert bearing.inner_race_order == pytest.approx(5.4152, abs=2e-3)
    assert bearing.outer_race_order == pytest.approx(3.5848, abs=2e-3)
    assert bearing.cage_order == pytest.approx(0.39828, abs=2e-4)
    assert 2 * bearing.ball_order == pytest.approx(4.7135, abs=3e-3)


@given(
    balls=st.integers(4, 30), ball_mm=st.floats(2, 12), gap=st.floats(1.5, 6), tilt=st.floats(0, 40)
)
def test_rates_of_both_races_add_up_to_all_balls(balls, ball_mm, gap, tilt) -> None:
    bearing = Bearing(balls, ball_mm, ball_mm * gap + 5, tilt)
    assert bearing.outer_race_order + bearing.inner_race_order == pytest.approx(balls)
    assert bearing.outer_race_order == pytest.approx(balls * bearing.cage_order)
    assert bearing.cage_order < 0.5


def test_impacts_come_at_the_rate_of_the_outer_race() -> None:
    bearing = Bearing.build(rng(3), balls=9, ball_mm=7.9, pitch_mm=38.5)
    angle = shaft_angle(rng(4), 25.0, 8.0)
    places = np.flatnonzero(bearing.impacts(rng(5), angle))
    assert places.size == pytest.approx(8 * 25 * bearing.outer_race_order, rel=0.02)
    spacing = np.diff(places) / RATE * 25 * bearing.outer_race_order
    assert spacing.std() == pytest.approx(0.01, rel=0.35)


@pytest.mark.parametrize("make", [Fan, Pump, Gearbox])
@pytest.mark.parametrize("speed", [0.9, 1.2])
def test_envelope_of_a_spalled_bearing_shows_its_defect_frequency(make, speed) -> None:
    machine = make.build(rng(11))
    samples = machine.sound(rng(12), Operation(2.0, speed=speed, fault=Fault("bearing", 5)))
    expected_hz = machine.bearing.outer_race_order * make.nominal_hz * speed
    ring_hz = machine.bearing.ring_hz[1]
    found_hz = envelope_peak_hz(samples, 0.93 * ring_hz, 1.07 * ring_hz, from_hz=0.6 * expected_hz)
    assert found_hz == pytest.approx(expected_hz, rel=0.02)  # a belt creeps by up to 1 %


@pytest.mark.parametrize(("make", "part"), [(Fan, "blades"), (Pump, "vanes")])
def test_blades_and_vanes_pass_at_multiples_of_the_shaft(make, part) -> None:
    machine = make.build(rng(21))
    samples = machine.sound(rng(22), Operation(3.0))
    for number in (1, 2):
        pass_hz = number * getattr(machine, part) * make.nominal_hz
        found = max(line(samples, pass_hz * turn) for turn in (1.0, 0.995))
        assert found > 3 * floor(samples, pass_hz)


def test_gears_mesh_at_teeth_times_speed_with_sidebands_of_the_shaft() -> None:
    machine = Gearbox.build(rng(31))
    angle = 2 * np.pi * 30.0 * np.arange(4 * RATE) / RATE
    force = machine.mesh_force(angle, angle / machine.ratio, Operation(4.0))
    mesh_hz = 30.0 * machine.teeth[0]
    strongest = line(force, mesh_hz, tolerance=1e-4)
    assert strongest > 0.5 * (force**2).mean()
    for side in (-1, 1):
        amplitude = np.sqrt(line(force, mesh_hz + side * 30.0, tolerance=1e-4) / strongest)
        assert amplitude == pytest.approx(machine.runout[0] / 2, rel=0.3)
    lighter = machine.mesh_force(angle, angle / machine.ratio, Operation(4.0, load=0.1))
    assert lighter.std() < 0.7 * force.std()


@given(grade=st.floats(1, 300), speed_hz=st.floats(5, 100), mass=st.floats(0.1, 50))
def test_imbalance_is_a_centrifugal_force(grade, speed_hz, mass) -> None:
    angle = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    force = imbalance_force(grade, speed_hz, angle, mass_kg=mass)
    omega = 2 * np.pi * speed_hz
    eccentricity_m = grade * 1e-3 / omega
    assert force.max() == pytest.approx(mass * eccentricity_m * omega**2)


@pytest.mark.parametrize("name", ["fan", "pump", "gearbox"])
def test_an_imbalance_is_heard_at_the_shafts_speed_in_proportion(name) -> None:
    levels = []
    for severity in (3, 4, 5):
        samples = sound(name, Operation(2.0, fault=Fault("imbalance", severity)))
        levels.append(10 * np.log10(line(samples, find_machine(name).nominal_hz, tolerance=0.02)))
    grades = np.array(FAULTS["imbalance"])[3:]
    assert np.diff(levels) == pytest.approx(20 * np.log10(grades[1:] / grades[:-1]), abs=0.7)


def test_a_body_is_stiff_below_a_mode_and_a_mass_above() -> None:
    body = Structure((10.0, 500.0), (0.05, 0.01), (0.0, 1.0))
    frequencies = np.array([5.0, 50.0, 500.0, 5000.0])
    below, low, resonant, above = np.abs(body.response(frequencies))
    assert low / below == pytest.approx(100, rel=0.02)
    assert resonant == pytest.approx(1 / (2 * 0.01), rel=1e-6)
    assert above == pytest.approx(1, rel=0.02)


def test_a_body_answers_a_blow_only_afterwards() -> None:
    body = Structure.build(rng(41), mount_hz=12.0, low_hz=200, high_hz=4000)
    blow = np.zeros(RATE)
    blow[RATE // 2] = 1.0
    answer = body.radiate(blow)
    before, after = answer[: RATE // 2], answer[RATE // 2 :]
    assert (before[1000:] ** 2).sum() < 1e-4 * (after**2).sum()


@given(hole=st.floats(0.1, 5), factor=st.floats(1.1, 3), frequency=st.floats(100, 1000))
def test_jets_scale_as_lighthill_says(hole, factor, frequency) -> None:
    at = np.array([frequency])
    small = spectral_density(at, hole_mm=hole, speed_m_s=340.0)[0]
    # the same Strouhal number: the peak moves, and the height goes with the area over the peak
    moved = spectral_density(at / factor, hole_mm=hole * factor, speed_m_s=340.0)[0]
    assert moved / small == pytest.approx(factor**3)
    slow = spectral_density(at / factor, hole_mm=hole, speed_m_s=340.0 / factor)[0]
    assert slow / small == pytest.approx(factor**-7)


def test_a_choked_jet_cannot_be_faster_and_no_hole_is_silent() -> None:
    at = np.array([1000.0])
    choked = spectral_density(at, hole_mm=1.0, speed_m_s=340.0)
    assert spectral_density(at, hole_mm=1.0, speed_m_s=680.0) <= choked
    assert not jet_noise(rng(0), 0.5, hole_mm=0.0).any()


@given(friction=st.floats(0.05, 2), more=st.floats(0.01, 1))
def test_belts_carry_what_euler_and_eytelwein_say(friction, more) -> None:
    belt = Belt(wrap_rad=3.0, passes=0.3, squeal_hz=800.0)
    ratio = np.exp(friction * 3.0)
    assert belt.capacity(friction) == pytest.approx((ratio - 1) / (ratio + 1))
    assert belt.capacity(friction + more) > belt.capacity(friction)


def test_belts_slip_where_the_demand_is_above_their_capacity() -> None:
    belt = Belt.build(rng(51))
    demand = belt.demand(rng(52), 4.0, shaft_hz=24.0, load=0.5)
    slips = [belt.slip(demand, friction=friction).mean() for friction in FAULTS["belt_slip"]]
    squeals = [
        belt.squeal(rng(53), demand, friction=friction).std() for friction in FAULTS["belt_slip"]
    ]
    assert all(a < b for a, b in pairwise(slips))
    assert slips[0] < 0.01
    assert squeals[0] == 0
    assert all(a <= b for a, b in pairwise(squeals))
    assert squeals[-1] > 0


def measure(name: str, fault: str, samples: Array) -> float:
    """What a technician would look at for this fault."""
    make = find_machine(name)
    if fault == "imbalance":
        return line(samples, make.nominal_hz, tolerance=0.02)
    if fault == "bearing":
        centre = specimen(name).bearing.ring_hz
        sections = [
            signal.butter(2, (0.96 * hz, 1.04 * hz), "bandpass", fs=RATE, output="sos")
            for hz in centre
        ]
        return float(sum((signal.sosfilt(one, samples) ** 2).mean() for one in sections))
    high = signal.butter(4, 5000, "highpass", fs=RATE, output="sos")
    return float((signal.sosfilt(high, samples) ** 2).mean())


@pytest.mark.parametrize(("name", "fault"), WITH_FAULTS)
def test_every_fault_grows_with_its_severity(name, fault) -> None:
    operations = [Operation(1.5, load=0.6)]
    operations += [Operation(1.5, load=0.6, fault=Fault(fault, level)) for level in SEVERITIES]
    values = [measure(name, fault, sound(name, operation)) for operation in operations]
    assert all(b > 0.97 * a for a, b in pairwise(values))  # chance moves a little, the fault more
    assert values[-1] > 1.3 * values[0]
    assert values[-1] > values[3] > values[0]


@pytest.mark.parametrize("name", MACHINES)
def test_a_seed_gives_the_same_bytes_and_another_another_take(name) -> None:
    operation = Operation(0.7, fault=Fault(find_machine(name).faults[-1], 4))
    once = sound(name, operation)
    assert once.shape == (round(0.7 * RATE),)
    assert np.isfinite(once).all()
    assert sound(name, operation).tobytes() == once.tobytes()
    assert sound(name, operation, take=1).tobytes() != once.tobytes()
    assert specimen(name, 1).sound(rng(1, 0), operation).tobytes() != once.tobytes()


@pytest.mark.parametrize("name", MACHINES)
def test_faster_is_louder_and_more_load_is_heard(name) -> None:
    usual = sound(name, Operation(1.5)).std()
    # a gearbox at another speed misses its resonances, a valve strikes more often but no harder
    if name not in ("gearbox", "valve"):
        assert sound(name, Operation(1.5, speed=1.4)).std() > 1.05 * usual
    assert sound(name, Operation(1.5, load=0.95)).std() > 1.05 * usual


def test_a_valve_opens_as_often_as_it_should_and_hisses_only_when_shut() -> None:
    valve = Valve.build(rng(61))
    opens, shuts = valve.strokes(rng(62), Operation(20.0, speed=1.5))
    inside = (opens > 0) & (opens < 20)
    assert inside.sum() == pytest.approx(20 * 1.5 * Valve.nominal_hz, abs=1)
    assert (shuts > opens).all()
    healthy = valve.sound(rng(63), Operation(3.0))
    leaky = valve.sound(rng(63), Operation(3.0, fault=Fault("leak", 5)))
    quiet = np.abs(leaky - healthy).reshape(-1, 320).max(axis=1) < 1e-9
    assert 0.25 < quiet.mean() < 0.6


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_surroundings_are_of_unit_level_and_of_their_place(name) -> None:
    one, two = (surroundings(name, rng(7), rng(take), 2.0) for take in (1, 2))
    elsewhere = surroundings(name, rng(8), rng(1), 2.0)
    assert one.std() == pytest.approx(1, abs=0.01)
    assert not np.array_equal(one, two)
    assert not np.array_equal(one, elsewhere)


def test_what_cannot_be_is_refused_in_one_line() -> None:
    with pytest.raises(ConfigError, match="did you mean 'gearbox'"):
        find_machine("gearbx")
    with pytest.raises(ConfigError, match="did you mean 'bearing'"):
        Fault("bearings", 1)
    with pytest.raises(ConfigError, match="severity 6"):
        Fault("leak", 6)
    with pytest.raises(ConfigError, match="a valve has no imbalance"):
        sound("valve", Operation(1.0, fault=Fault("imbalance", 1)))
    for wrong in ({"duration_s": 0.0}, {"speed": 9.0}, {"load": -1.0}):
        with pytest.raises(ConfigError):
            Operation(**{"duration_s": 1.0} | wrong)
    with pytest.raises(ConfigError, match="did you mean 'workshop'"):
        surroundings("workshp", rng(0), rng(1), 1.0)
