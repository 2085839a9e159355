"""What is suggested for recordings whose faults are known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import signal

from kikimimi.audio.reading import read_clip
from kikimimi.cleaning.analysis.analyser import analyse_clip, analyse_file
from kikimimi.cleaning.chain import Step, clean_clip
from kikimimi.cleaning.registry import create_stage
from kikimimi.cleaning.suggestions.contract import Suggestion
from kikimimi.cleaning.suggestions.suggesting import adapted_steps, suggest, suggested_steps
from kikimimi.types import Clip

RATE_HZ = 32000
SECONDS = 8


def knocks() -> np.ndarray:
    """Broad-band decaying knocks, one a second, from 300 Hz to 6 kHz."""
    rng = np.random.default_rng(0)
    time_s = np.arange(SECONDS * RATE_HZ) / RATE_HZ
    band = signal.butter(4, (300, 6000), "bandpass", fs=RATE_HZ, output="sos")
    return signal.sosfilt(band, rng.standard_normal(len(time_s))) * np.exp(
        -((time_s + 0.7) % 1) / 0.05
    )


def coloured(level_db: float, edges_hz: tuple[float, float]) -> np.ndarray:
    noise = np.random.default_rng(1).standard_normal(SECONDS * RATE_HZ)
    band = signal.butter(4, edges_hz, "bandpass", fs=RATE_HZ, output="sos")
    filtered = signal.sosfilt(band, noise)
    return 10 ** (level_db / 20) * filtered / filtered.std()


def spectrum(clip: Clip) -> np.ndarray:
    """Magnitudes over time, which a filter's phase does not change."""
    return np.abs(signal.stft(clip.samples[0], nperseg=1024)[2])


def suggestions(samples: np.ndarray, rate_hz: int = RATE_HZ) -> dict[str, Suggestion]:
    analysis = analyse_clip(Clip(np.atleast_2d(samples).astype(np.float32), rate_hz))
    return {each.stage: each for each in suggest(analysis)}


def faded(samples: np.ndarray) -> np.ndarray:
    place = np.arange(len(samples))
    return samples * np.minimum(1, np.minimum(place, place[::-1]) / 200)


def test_a_clean_sound_needs_nothing() -> None:
    assert suggestions(faded(0.05 * knocks())) == {}


def test_rumble_is_cut_below_the_sound_and_above_itself() -> None:
    found = suggestions(faded(0.05 * knocks() + coloured(-45, (30, 90))))
    assert 70 <= found["high_pass"].settings["cutoff_hz"] <= 160
    assert "dBFS" in found["high_pass"].reason
    assert found["noise_reduction"].settings["reduction_db"] == 18


def test_hiss_is_cut_above_the_sound() -> None:
    found = suggestions(faded(0.05 * knocks() + coloured(-60, (9000, 15500))))
    assert 6000 <= found["low_pass"].settings["cutoff_hz"] <= 11000
    assert "high_pass" not in found


def test_rain_is_not_taken_for_noise(shared_data) -> None:
    """Rain alone: what is steady is the sound, so nothing is cut away without asking."""
    analysis = analyse_file(shared_data / "esc50" / "audio" / "1-17367-A-10.ogg")
    certain = {each.stage for each in suggest(analysis) if each.is_certain}
    assert certain <= {"fades", "limiter"}


def test_hum_is_named_with_its_frequency() -> None:
    time_s = np.arange(SECONDS * RATE_HZ) / RATE_HZ
    hum = sum(np.sin(2 * np.pi * 49.95 * k * time_s) / k for k in (1, 2, 3, 4))
    found = suggestions(faded(0.05 * knocks() + 0.003 * hum))
    assert "49.95 Hz" in found["hum_removal"].reason


def test_bursts_of_hissing_may_be_birds() -> None:
    bursts = coloured(-12, (5500, 9000)) * (np.arange(SECONDS * RATE_HZ) % RATE_HZ < RATE_HZ // 10)
    found = suggestions(faded(coloured(-30, (100, 2000)) + bursts))
    assert not found["de_esser"].is_certain


def test_offset_peaks_edges_silence_and_clipping() -> None:
    time_s = np.arange(SECONDS * RATE_HZ) / RATE_HZ
    tone = 0.5 * np.cos(2 * np.pi * 300 * time_s)
    padded = np.concatenate([np.zeros(RATE_HZ // 2), tone])
    assert suggestions(tone + 0.01)["dc_removal"].is_certain
    assert set(suggestions(tone)["fades"].settings.values()) == {0.005}
    assert not suggestions(padded)["silence_trim"].is_certain
    assert suggestions(2 * tone)["limiter"].settings == {"ceiling_dbtp": -1.0}
    clipped = suggestions(np.clip(3 * tone, -0.9, 0.9))
    assert "clipped" in clipped[""].reason and not clipped[""].is_certain


def test_the_attack_of_a_short_sound_is_kept() -> None:
    tone = 0.5 * np.cos(2 * np.pi * 300 * np.arange(RATE_HZ // 2) / RATE_HZ)
    assert suggestions(tone)["fades"].settings == {"in_s": 0.0, "out_s": 0.005}


@pytest.mark.parametrize("samples", [np.zeros(1), np.zeros(RATE_HZ), np.full(1, 0.5)])
def test_silence_and_one_sample_give_a_chain_or_none(samples) -> None:
    found = suggestions(samples)
    assert len(suggested_steps(list(found.values()))) <= 2


def test_every_certain_suggestion_is_a_stage_that_there_is() -> None:
    time_s = np.arange(SECONDS * RATE_HZ) / RATE_HZ
    hum = sum(np.sin(2 * np.pi * 50 * k * time_s) / k for k in (1, 2, 3, 4))
    bad = 0.5 * knocks() + 0.01 + coloured(-45, (30, 90)) + coloured(-60, (9000, 15500))
    bad += 0.02 * hum
    analysis = analyse_clip(Clip(bad[None].astype(np.float32), RATE_HZ))
    found = suggest(analysis)
    assert {"dc_removal", "high_pass", "hum_removal", "noise_reduction", "low_pass"} <= {
        each.stage for each in found if each.is_certain
    }
    steps = suggested_steps(found)
    cleaned, _ = clean_clip(steps, Clip(bad[None].astype(np.float32), RATE_HZ))
    after = analyse_clip(cleaned).figures
    assert after.snr_db > analysis.figures.snr_db + 6
    assert after.noise_floor_db < analysis.figures.noise_floor_db - 6
    assert after.hum_hz is None or after.hum_db < analysis.figures.hum_db - 20


def test_a_preset_keeps_its_stages_and_gets_their_settings() -> None:
    steps = [
        Step(create_stage("high_pass", {"cutoff_hz": 60, "order": 2}, where="test")),
        Step(create_stage("fades", {"in_s": 0.1}, where="test"), bypass=True),
    ]
    found = [
        Suggestion("high_pass", "rumble", {"cutoff_hz": 110.0}),
        Suggestion("low_pass", "hiss", {"cutoff_hz": 9000.0}),
        Suggestion("fades", "cut off", {"in_s": 0.005}, is_certain=False),
    ]
    first, second = adapted_steps(steps, found)
    assert first.stage == create_stage("high_pass", {"cutoff_hz": 110, "order": 2}, where="test")
    assert second == steps[1]
    assert adapted_steps(steps, [replace(found[0], is_certain=False)]) == steps


def test_rain_is_not_taken_for_noise_unless_the_preset_says_where_noise_is() -> None:
    found = suggest(
        analyse_clip(Clip(coloured(-20, (100, 12000))[None].astype(np.float32), RATE_HZ))
    )
    plain = Step(create_stage("noise_reduction", {}, where="test"))
    told = Step(create_stage("noise_reduction", {"profile_s": (0.0, 1.0)}, where="test"))
    assert adapted_steps([plain, told], found) == [replace(plain, bypass=True), told]


def test_real_recordings_are_not_made_worse(shared_data) -> None:
    """What --auto does to clean barks and crows leaves their spectra nearly as they were."""
    for name in ("1-100032-A-0", "5-194930-A-1"):
        clip = read_clip(shared_data / "esc50" / "audio" / f"{name}.ogg")
        found = suggest(analyse_clip(clip))
        cleaned, _ = clean_clip(
            [step for step in suggested_steps(found) if step.stage.name != "limiter"], clip
        )
        before, after = spectrum(clip), spectrum(cleaned)
        assert np.mean((after - before) ** 2) < 10 ** (-25 / 10) * np.mean(before**2)
