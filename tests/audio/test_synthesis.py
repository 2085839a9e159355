"""The demo sounds are clean, reproducible, and have the traits of what they are named after."""

import hashlib
import subprocess
import sys
import unicodedata

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from kikimimi.audio.synthesis import DemoSound, demo_sounds
from kikimimi.types import Clip

SOUNDS = {str(sound.path): sound for sound in demo_sounds()}
RATE = 32000
Array = NDArray[np.float64]

RAIN = ("weather/light rain.wav", "weather/heavy rain.wav", "weather/rain on roof.wav")
STRUCK_BELLS = ("鐘/お寺の鐘.wav", "玄関/呼び鈴.wav", "impacts/glasses clink.wav")


@pytest.fixture(scope="module")
def clips() -> dict[str, Clip]:
    return {path: sound.render(seed=0) for path, sound in SOUNDS.items()}


def mono(clips: dict[str, Clip], path: str) -> Array:
    return clips[path].samples[0].astype(np.float64)


def spectrum(samples: Array) -> tuple[Array, Array]:
    frequencies, power = signal.welch(samples, RATE, nperseg=4096)
    return frequencies, power


def flatness(samples: Array, low_hz: float, high_hz: float) -> float:
    frequencies, power = spectrum(samples)
    band = power[(frequencies >= low_hz) & (frequencies <= high_hz)]
    return float(np.exp(np.log(band).mean()) / band.mean())


def centroid_hz(samples: Array) -> float:
    frequencies, power = spectrum(samples)
    return float((frequencies * power).sum() / power.sum())


def level(samples: Array, window_s: float = 0.01) -> Array:
    window = round(window_s * RATE)
    frames = samples[: samples.size // window * window].reshape(-1, window)
    return np.sqrt((frames**2).mean(axis=1))


def onset_count(samples: Array, *, apart_s: float, height: float = 0.25) -> int:
    loudness = level(samples, 0.005)
    rise = np.maximum(np.diff(loudness, prepend=0), 0)
    peaks, _ = signal.find_peaks(
        rise, height=height * rise.max(), distance=max(1, round(apart_s / 0.005))
    )
    return len(peaks)


def pitch_track_hz(samples: Array, low_hz: float, high_hz: float) -> Array:
    """Return the loudest frequency per 64 ms between two bounds: independent of the synthesis."""
    frequencies, _, power = signal.spectrogram(samples, RATE, nperseg=2048, noverlap=1024)
    band = (frequencies >= low_hz) & (frequencies <= high_hz)
    return frequencies[band][power[band].argmax(axis=0)]


def periodicity_track_hz(samples: Array, low_hz: float, high_hz: float) -> Array:
    """Return the pitch per 64 ms by autocorrelation: the shortest lag among the best ones."""
    lags = np.arange(int(RATE / high_hz), int(RATE / low_hz) + 2)
    track = []
    for start in range(0, samples.size - 2048, 1024):
        frame = samples[start : start + 2048] * np.hanning(2048)
        likeness = np.fft.irfft(np.abs(np.fft.rfft(frame, 4096)) ** 2)[lags]
        peaks, _ = signal.find_peaks(likeness)
        best = [peak for peak in peaks if likeness[peak] > 0.85 * likeness[peaks].max()]
        track.append(RATE / lags[best[0]] if best else np.nan)
    return np.array(track)


def test_names_are_unique_wav_files_in_folders() -> None:
    assert len(demo_sounds()) == len(SOUNDS) >= 60
    for sound in demo_sounds():
        assert len(sound.path.parts) == 2
        assert sound.path.suffix == ".wav"
        assert str(sound.path) == unicodedata.normalize("NFC", str(sound.path))
    assert sum(not path.isascii() for path in SOUNDS) >= 8


@pytest.mark.parametrize("path", SOUNDS)
def test_each_sound_is_clean(clips: dict[str, Clip], path: str) -> None:
    clip = clips[path]
    samples = clip.samples
    assert clip.sample_rate_hz == RATE
    assert samples.dtype == np.float32
    assert samples.shape[0] == 1
    assert 0.5 <= clip.duration_s <= 8.0
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() == pytest.approx(10 ** (-3 / 20), abs=1e-6)
    assert abs(samples.mean()) < 1e-3
    assert np.abs(samples[0, [0, -1]]).max() < 1e-3


def test_a_seed_gives_the_same_samples_bit_for_bit(clips: dict[str, Clip]) -> None:
    for path in list(SOUNDS)[::7]:
        again = SOUNDS[path].render(seed=0)
        assert again.samples.tobytes() == clips[path].samples.tobytes()


def test_another_process_gives_the_same_samples(clips: dict[str, Clip]) -> None:
    path = "bells/hand bell.wav"
    code = (
        "import hashlib; from kikimimi.audio.synthesis import demo_sounds;"
        f"s = next(s for s in demo_sounds() if str(s.path) == {path!r});"
        "print(hashlib.sha256(s.render(seed=0).samples.tobytes()).hexdigest())"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert result.stdout.decode().strip() == (
        hashlib.sha256(clips[path].samples.tobytes()).hexdigest()
    )


def test_another_seed_gives_another_take(clips: dict[str, Clip]) -> None:
    path = "weather/light rain.wav"
    other = SOUNDS[path].render(seed=1).samples
    assert other.shape == clips[path].samples.shape
    assert np.abs(other - clips[path].samples).max() > 0.1


def test_no_two_sounds_are_alike(clips: dict[str, Clip]) -> None:
    assert len({clip.samples.tobytes() for clip in clips.values()}) == len(clips)


@pytest.mark.parametrize("path", RAIN)
def test_rain_is_broadband(clips: dict[str, Clip], path: str) -> None:
    assert flatness(mono(clips, path), 500, 6000) > 0.3


@pytest.mark.parametrize(
    ("path", "slowest_hz", "fastest_hz"),
    [("alarms/siren wail.wav", 0.1, 0.5), ("alarms/siren yelp.wav", 2, 4)],
)
def test_the_pitch_of_a_siren_rises_and_falls(
    clips: dict[str, Clip], path: str, slowest_hz: float, fastest_hz: float
) -> None:
    samples = mono(clips, path)
    track = periodicity_track_hz(samples, 450, 1550)
    track = track[np.isfinite(track)]
    assert np.percentile(track, 5) < 750
    assert np.percentile(track, 95) > 1200
    smooth = signal.medfilt(track, 3)
    crossings = np.count_nonzero(np.diff(smooth > 950))
    assert slowest_hz <= crossings / 2 / (samples.size / RATE) <= fastest_hz


def test_an_ambulance_has_two_pitches_in_turn(clips: dict[str, Clip]) -> None:
    track = pitch_track_hz(mono(clips, "警報/救急車のサイレン.wav"), 700, 1050)
    near_either = (np.abs(track - 960) < 25) | (np.abs(track - 770) < 25)
    assert near_either.mean() > 0.85
    assert np.count_nonzero(np.diff(track > 865)) >= 5


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("door/knock on wood.wav", 3),
        ("door/knock quick.wav", 4),
        ("ドア/ノック2回.wav", 2),
        ("impacts/knock on metal.wav", 3),
        ("footsteps/footsteps on wood.wav", 7),
        ("effects/machine gun.wav", 5),
    ],
)
def test_onsets_can_be_counted(clips: dict[str, Clip], path: str, count: int) -> None:
    assert onset_count(mono(clips, path), apart_s=0.09) == count


@pytest.mark.parametrize(
    ("path", "period_s"),
    [
        ("clocks/clock ticking.wav", 0.5),
        ("時計/柱時計.wav", 1.0),
        ("clocks/metronome.wav", 1 / 1.8),
        ("alarms/reversing truck beeps.wav", 1.0),
    ],
)
def test_regular_sounds_keep_time(clips: dict[str, Clip], path: str, period_s: float) -> None:
    loudness = level(mono(clips, path), 0.005)
    rise = np.maximum(np.diff(loudness), 0)
    peaks, _ = signal.find_peaks(rise, height=0.2 * rise.max(), distance=round(0.3 / 0.005))
    assert np.diff(peaks).mean() * 0.005 == pytest.approx(period_s, rel=0.03)


@pytest.mark.parametrize("path", STRUCK_BELLS)
def test_a_bell_dies_away(clips: dict[str, Clip], path: str) -> None:
    loudness = level(mono(clips, path), 0.1)
    after = loudness[int(loudness.argmax()) :]
    assert after[-1] < 0.15 * after[0]
    assert after[len(after) // 2] < after[0]


def test_the_partials_of_a_bell_are_not_harmonic(clips: dict[str, Clip]) -> None:
    samples = mono(clips, "bells/church bell small.wav")
    power = np.abs(np.fft.rfft(samples * np.hanning(samples.size))) ** 2
    peaks, _ = signal.find_peaks(power, height=power.max() * 1e-3, distance=100)
    ratios = peaks * RATE / samples.size / 260  # to the hum, half the strike note of 520 Hz
    assert any(abs(ratio - 2.4) < 0.02 for ratio in ratios)  # the minor third of the strike note
    assert any(abs(ratio - 4.0) < 0.02 for ratio in ratios)  # its octave


@pytest.mark.parametrize(
    ("path", "tones_hz"),
    [
        ("phone/dial tone.wav", (350, 440)),
        ("phone/busy tone.wav", (480, 620)),
        ("beeps/single beep.wav", (1000,)),
    ],
)
def test_tones_stand_at_their_frequencies(
    clips: dict[str, Clip], path: str, tones_hz: tuple[float, ...]
) -> None:
    frequencies, power = spectrum(mono(clips, path))
    strongest = np.sort(frequencies[np.argsort(power)[::-1]][: 3 * len(tones_hz)])
    for tone_hz in tones_hz:
        assert np.abs(strongest - tone_hz).min() < 8


@pytest.mark.parametrize(
    ("darker", "brighter"),
    [
        ("weather/soft wind.wav", "weather/strong wind.wav"),
        ("weather/thunder far.wav", "weather/thunder near.wav"),
        ("water/sea waves calm.wav", "water/surf on the beach.wav"),
        ("人/心臓の鼓動.wav", "people/breathing.wav"),
        ("animals/cow moo.wav", "birds/sparrows.wav"),
        ("bells/church bell large.wav", "bells/hand bell.wav"),
        ("cars/engine idling.wav", "tools/electric drill.wav"),
    ],
)
def test_one_sound_is_brighter_than_another(
    clips: dict[str, Clip], darker: str, brighter: str
) -> None:
    assert centroid_hz(mono(clips, darker)) < 0.8 * centroid_hz(mono(clips, brighter))


@pytest.mark.parametrize(
    ("path", "low_hz", "high_hz"),
    [
        ("animals/crickets at night.wav", 3000, 4000),
        ("birds/sparrows.wav", 2000, 7000),
        ("people/referee whistle.wav", 2400, 3200),
        ("人/心臓の鼓動.wav", 20, 200),
        ("weather/thunder far.wav", 18, 400),
    ],
)
def test_the_energy_lies_where_it_belongs(
    clips: dict[str, Clip], path: str, low_hz: float, high_hz: float
) -> None:
    frequencies, power = spectrum(mono(clips, path))
    inside = (frequencies >= low_hz) & (frequencies <= high_hz)
    assert power[inside].sum() > 0.7 * power.sum()


def test_the_revving_engine_changes_its_pitch(clips: dict[str, Clip]) -> None:
    samples = mono(clips, "cars/engine revving.wav")
    start, top = samples[: RATE // 2], samples[round(2.6 * RATE) : round(2.9 * RATE)]
    assert centroid_hz(top) > 1.3 * centroid_hz(start)


def test_the_bounces_of_a_coin_come_faster_and_faster(clips: dict[str, Clip]) -> None:
    samples = mono(clips, "impacts/coin drop.wav")
    half = samples.size // 2
    assert onset_count(samples[half:], apart_s=0.02, height=0.1) > onset_count(
        samples[:half], apart_s=0.02, height=0.1
    )


def test_rendering_leaves_numpys_global_generator_alone() -> None:
    before = np.random.get_state()[1].copy()
    sound: DemoSound = SOUNDS["games/coin.wav"]
    sound.render(seed=3)
    assert (np.random.get_state()[1] == before).all()
