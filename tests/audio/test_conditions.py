"""Recording conditions do to a sound, by measurement, what their names say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from kikimimi.audio.conditions import condition_names, named_condition
from kikimimi.audio.conditions.codecs import Codec
from kikimimi.audio.conditions.levels import Level
from kikimimi.audio.conditions.microphones import Microphone, microphone_names
from kikimimi.audio.conditions.noises import AddedNoise, coloured_noise
from kikimimi.audio.conditions.rooms import Room
from kikimimi.audio.reading import read_clip
from kikimimi.errors import AudioError, ConfigError

_RATE_HZ = 16000


def _rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def _tone(frequency_hz: float, duration_s: float = 1.0, rate_hz: int = _RATE_HZ) -> np.ndarray:
    time_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    return (0.5 * np.sin(2 * np.pi * frequency_hz * time_s)).astype(np.float32)


def _power_db(samples: np.ndarray) -> float:
    return 10 * float(np.log10(np.mean(np.square(samples.astype(np.float64)))))


@pytest.mark.parametrize("name", condition_names())
@settings(max_examples=8, deadline=None)
@given(count=st.integers(1, 5000), seed=st.integers(0, 2**32 - 1))
def test_every_condition_keeps_the_contract(name: str, count: int, seed: int) -> None:
    """Length, type, finiteness, an untouched input, and the same result for the same seed."""
    clean = (0.2 * _rng(seed).standard_normal(count)).astype(np.float32)
    before = clean.copy()
    condition = named_condition(name)
    result = condition.apply(clean, _RATE_HZ, _rng(seed))
    assert result.shape == clean.shape and result.dtype == np.float32
    assert np.isfinite(result).all()
    np.testing.assert_array_equal(clean, before)
    np.testing.assert_array_equal(condition.apply(clean, _RATE_HZ, _rng(seed)), result)


@pytest.mark.parametrize("name", condition_names())
def test_a_silent_recording_has_no_sound_after_any_condition(name: str) -> None:
    result = named_condition(name).apply(np.zeros(8000, np.float32), _RATE_HZ, _rng())
    assert np.abs(result).max() < 1e-3


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(0, np.float32),
        np.zeros((2, 100), np.float32),
        np.array([0.0, np.nan], np.float32),
        np.array([np.inf], np.float32),
    ],
    ids=["empty", "stereo", "NaN", "infinite"],
)
@pytest.mark.parametrize("name", condition_names())
def test_impossible_samples_are_refused(name: str, samples: np.ndarray) -> None:
    with pytest.raises(AudioError):
        named_condition(name).apply(samples, _RATE_HZ, _rng())


def test_a_rate_below_1_khz_is_refused() -> None:
    with pytest.raises(AudioError, match="1000 Hz or more"):
        named_condition("room_small").apply(np.ones(10, np.float32), 50, _rng())


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'microphone_phone'"):
        named_condition("microphone_fone")


@pytest.mark.parametrize("rate_hz", [16000, 44100])
@pytest.mark.parametrize("device", microphone_names())
def test_a_sweep_shows_the_response_of_the_microphone(device: str, rate_hz: int) -> None:
    """Deconvolved sweep against the curve of the device: within 1 dB."""
    top_hz = 0.46 * rate_hz
    time_s = np.arange(4 * rate_hz) / rate_hz
    sweep = signal.chirp(time_s, 20, 4.0, top_hz, method="logarithmic").astype(np.float32)
    recorded = Microphone(device).apply(np.pad(sweep, (0, rate_hz)), rate_hz, _rng())
    size = 2 ** int(np.ceil(np.log2(recorded.size)))
    response = np.abs(np.fft.rfft(recorded, size)) / np.maximum(
        np.abs(np.fft.rfft(sweep, size)), 1e-6
    )
    frequencies_hz = np.fft.rfftfreq(size, 1 / rate_hz)
    probed_hz = np.geomspace(50, 0.9 * top_hz, 60)
    measured_db = 20 * np.log10(np.interp(probed_hz, frequencies_hz, response))
    expected_db = Microphone(device).response_db(probed_hz)
    audible = expected_db > -40
    np.testing.assert_allclose(measured_db[audible], expected_db[audible], atol=1.0)
    assert (measured_db[~audible] < -34).all()


@pytest.mark.parametrize("device", microphone_names())
def test_microphones_leave_1_khz_as_it_is(device: str) -> None:
    tone = _tone(1000)
    recorded = Microphone(device).apply(tone, _RATE_HZ, _rng())
    assert _power_db(recorded[4000:]) == pytest.approx(_power_db(tone[4000:]), abs=0.5)


@pytest.mark.parametrize("colour", ["white", "pink", "street"])
@pytest.mark.parametrize("snr_db", [20.0, 10.0, 0.0, -7.5])
def test_noise_has_the_ratio_that_was_asked_for(shared_data, colour: str, snr_db: float) -> None:
    path = sorted((shared_data / "esc50" / "audio").iterdir())[7]
    clean = read_clip(path, sample_rate_hz=_RATE_HZ, mono=True).samples[0]
    noisy = AddedNoise(snr_db, colour).apply(clean, _RATE_HZ, _rng(3))
    assert _power_db(clean) - _power_db(noisy - clean) == pytest.approx(snr_db, abs=0.1)


@pytest.mark.parametrize(("colour", "slope_db"), [("white", 0.0), ("pink", -3.01)])
def test_noise_has_the_slope_of_its_colour(colour: str, slope_db: float) -> None:
    """Welch's spectrum, level in dB over octaves."""
    noise = coloured_noise(_rng(1), 60 * _RATE_HZ, _RATE_HZ, colour)
    frequency_hz, power = signal.welch(noise, _RATE_HZ, nperseg=4096)
    band = (frequency_hz > 50) & (frequency_hz < 7000)
    octaves, levels_db = np.log2(frequency_hz[band]), 10 * np.log10(power[band])
    weights = 1 / np.sqrt(frequency_hz[band])
    assert np.polyfit(octaves, levels_db, 1, w=weights)[0] == pytest.approx(slope_db, abs=0.15)


def test_another_seed_is_other_noise() -> None:
    condition = AddedNoise(0.0)
    tone = _tone(440)
    first, second = (condition.apply(tone, _RATE_HZ, _rng(seed)) for seed in (0, 1))
    assert np.corrcoef(first - tone, second - tone)[0, 1] < 0.1


_ROOMS = {
    "small": Room((3.6, 2.9, 2.5), (2.6, 1.9, 1.3), (1.1, 0.8, 1.2), rt60_s=0.35),
    "large": Room((11.3, 8.2, 4.1), (7.9, 5.6, 1.4), (3.2, 2.7, 1.6), rt60_s=1.0),
    "flat": Room((8.0, 6.0, 2.4), (2.0, 2.0, 1.2), (6.1, 4.2, 1.1), rt60_s=0.5),
}


def _response(room: Room, duration_s: float, rate_hz: int = _RATE_HZ) -> np.ndarray:
    impulse = np.zeros(round(duration_s * rate_hz), np.float32)
    impulse[0] = 1.0
    return room.apply(impulse, rate_hz, _rng()).astype(np.float64)


@pytest.mark.parametrize("rate_hz", [8000, 16000])
@pytest.mark.parametrize("room", _ROOMS.values(), ids=_ROOMS)
def test_schroeder_integration_finds_the_reverberation_time(room: Room, rate_hz: int) -> None:
    """T30 by backward integration of the impulse response: within 10 %."""
    squared = np.square(_response(room, 2.0, rate_hz))
    levels_db = 10 * np.log10(np.flip(np.cumsum(np.flip(squared))) / squared.sum() + 1e-15)
    start, end = np.argmax(levels_db < -5), np.argmax(levels_db < -35)
    slope = np.polyfit(np.arange(start, end) / rate_hz, levels_db[start:end], 1)[0]
    assert -60 / slope == pytest.approx(room.rt60_s, rel=0.1)


def test_reflections_arrive_when_geometry_says() -> None:
    """Direct sound first; after it nothing but its own ringing before the first reflection."""
    room = _ROOMS["large"]
    response = np.abs(_response(room, 0.1, 48000))
    source, microphone = np.array(room.source_m), np.array(room.microphone_m)
    direct_m = np.linalg.norm(source - microphone)
    floor_m = np.linalg.norm(source * (1, 1, -1) - microphone)
    floor = (floor_m - direct_m) / 343.0 * 48000
    assert response.argmax() <= 1
    assert response[20 : int(floor) - 6].max() < 0.05 * response.max()
    around = response[round(floor) - 3 : round(floor) + 4]
    assert around.max() > 0.4 * response.max() * direct_m / floor_m


def test_nearer_microphones_hear_less_of_the_room() -> None:
    """Clarity C50 rises when the microphone comes closer."""
    clarity_db = []
    for distance_m in (0.4, 1.5, 4.0):
        room = Room((9.0, 7.0, 3.5), (2.0, 3.0, 1.5), (2.0 + distance_m, 3.1, 1.4), rt60_s=0.8)
        squared = np.square(_response(room, 1.0))
        clarity_db.append(10 * np.log10(squared[:800].sum() / squared[800:].sum()))
    assert clarity_db[0] > clarity_db[1] > clarity_db[2]


def test_a_room_keeps_the_level_of_noise() -> None:
    noise = (0.1 * _rng().standard_normal(5 * _RATE_HZ)).astype(np.float32)
    for room in _ROOMS.values():
        assert _power_db(room.apply(noise, _RATE_HZ, _rng())) == pytest.approx(-20, abs=1.0)


@pytest.mark.parametrize("gain_db", [-12.0, -6.0, 6.0])
def test_levels_are_exact_and_clip_at_full_scale(gain_db: float) -> None:
    tone = _tone(300)
    changed = Level(gain_db).apply(tone, _RATE_HZ, _rng())
    assert _power_db(changed) - _power_db(tone) == pytest.approx(gain_db, abs=0.05)
    loud = Level(gain_db + 12.0).apply(2 * tone, _RATE_HZ, _rng())
    assert np.abs(loud).max() <= 1.0


@pytest.mark.parametrize("name", ["vorbis", "mp3", "mu_law"])
@pytest.mark.parametrize("rate_hz", [16000, 44100])
def test_codecs_are_lossy_and_in_time(shared_data, name: str, rate_hz: int) -> None:
    path = sorted((shared_data / "esc50" / "audio").iterdir())[7]
    clean = read_clip(path, sample_rate_hz=rate_hz, mono=True).samples[0]
    coded = Codec(name).apply(clean, rate_hz, _rng())
    lags = signal.correlate(coded, clean, method="fft")
    assert lags.argmax() == clean.size - 1
    snr_db = _power_db(clean) - _power_db(coded - clean)
    assert 0 < snr_db < 45


def test_mu_law_has_the_quality_of_8_bits() -> None:
    """About 38 dB over a wide range of levels, as ITU-T G.711 has."""
    for level in (1.0, 0.3, 0.05):
        tone = level * _tone(441)
        coded = Codec("mu_law").apply(tone, _RATE_HZ, _rng())
        assert _power_db(tone) - _power_db(coded - tone) == pytest.approx(37, abs=3)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Level(float("nan")),
        lambda: AddedNoise(10.0, "brown"),
        lambda: AddedNoise(float("inf")),
        lambda: Microphone("ribbon"),
        lambda: Codec("opus"),
        lambda: Room((3.0, 3.0, 3.0), (4.0, 1.0, 1.0), (1.0, 1.0, 1.0), rt60_s=0.3),
        lambda: Room((3.0, 3.0, 3.0), (2.0, 1.0, 1.0), (1.0, 1.0, 1.0), rt60_s=30.0),
        lambda: Room((3.0, 3.0, 3.0), (1.0, 1.0, 1.0), (1.0, 1.0, 1.0), rt60_s=0.3),
    ],
)
def test_impossible_settings_are_refused_at_once(make) -> None:
    with pytest.raises(ConfigError) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_a_room_that_cannot_sound_so_short_is_refused() -> None:
    hall = Room((40.0, 30.0, 15.0), (5.0, 5.0, 2.0), (30.0, 20.0, 2.0), rt60_s=0.1)
    with pytest.raises(ConfigError, match="choose another time or size"):
        hall.apply(np.ones(100, np.float32), _RATE_HZ, _rng())
