import os
import resource
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from kikimimi.audio.reading import read_clip
from kikimimi.audio.writing import stream_wav, write_wav
from kikimimi.cleaning import sources
from kikimimi.cleaning.chain import Step, clean_clip, run_chain
from kikimimi.cleaning.presets import load_preset, parse_preset, preset_names
from kikimimi.cleaning.sources import ClipSource, FileSource, regroup
from kikimimi.errors import AudioError
from kikimimi.types import Clip

RATE = 16000
EVERYTHING = """
stages:
  - dc_removal
  - hum_removal
  - high_pass
  - noise_reduction
  - de_esser
  - low_pass: {cutoff_hz: 7000}
  - compressor: {threshold_db: -30}
  - silence_trim
  - loudness_normalisation: {target_lufs: -16}
  - limiter: {ceiling_dbtp: -2}
  - fades
"""


def steps_of(text) -> tuple[Step, ...]:
    return parse_preset(text, name="test", where="test.yaml").steps


def recording(channels=2, seconds=6, seed=0) -> Clip:
    """Hiss, an offset, and every second a tone and a burst."""
    rng = np.random.default_rng(seed)
    samples = 0.003 * rng.normal(size=(channels, seconds * RATE)) + 0.01
    for second in range(1, seconds):
        tone = 0.3 * np.sin(np.arange(6000) * 0.05 * second) * np.hanning(6000)
        samples[:, second * RATE : second * RATE + 6000] += tone
        samples[:, second * RATE + 9000 : second * RATE + 9800] += 0.2 * rng.normal(size=800)
    return Clip(samples.astype(np.float32), RATE)


@pytest.mark.parametrize("preset", [*preset_names(), EVERYTHING])
def test_no_way_to_decode_or_cut_a_sound_changes_a_bit(tmp_path, monkeypatch, preset):
    steps = steps_of(preset) if "\n" in preset else load_preset(preset).steps
    clip = recording()
    from_memory, reports = clean_clip(steps, clip)
    write_wav(tmp_path / "in.wav", clip, subtype="FLOAT")
    monkeypatch.setattr("kikimimi.audio.sources.BLOCK_VALUES", 2222)
    monkeypatch.setattr(sources, "_IN_MEMORY_BYTES", 1000)
    blocks = []
    again = run_chain(steps, FileSource(tmp_path / "in.wav"), blocks.append, drafts_folder=tmp_path)
    assert (np.concatenate(blocks, axis=1) == from_memory.samples).all()
    assert again == reports
    assert [path.name for path in tmp_path.iterdir()] == ["in.wav"]


@pytest.mark.parametrize("preset", [*preset_names(), EVERYTHING])
def test_there_are_no_seams_where_blocks_meet(monkeypatch, preset):
    steps = steps_of(preset) if "\n" in preset else load_preset(preset).steps
    clip = recording(seconds=4)
    usual, _ = clean_clip(steps, clip)
    for size in (1000, 10**6):
        monkeypatch.setattr(sources, "BLOCK_FRAMES", size)
        other, _ = clean_clip(steps, clip)
        np.testing.assert_allclose(other.samples, usual.samples, atol=2e-6)


def test_a_preset_does_what_its_stages_do_one_by_one():
    steps = steps_of(EVERYTHING)
    clip = recording()
    at_once, _ = clean_clip(steps, clip)
    for step in steps:
        clip, _ = clean_clip([step], clip)
    np.testing.assert_allclose(at_once.samples, clip.samples, atol=2e-5)


def test_reports_tell_which_stages_changed_what():
    steps = steps_of("""
stages:
  - high_pass: {cutoff_hz: 50}
  - low_pass: {bypass: true, cutoff_hz: 100}
  - compressor: {threshold_db: 10}
  - silence_trim: {threshold_db: -20, keep_before_s: 0, keep_after_s: 0}
  - peak_normalisation: {peak_db: -6, true_peak: false}
""")
    cleaned, reports = clean_clip(steps, recording())
    assert [report.name for report in reports] == [step.stage.name for step in steps]
    assert [report.changed for report in reports] == [True, False, False, True, True]
    assert [report.bypassed for report in reports] == [False, True, False, False, False]
    high_pass, _, compressor, trim, peak = reports
    assert high_pass.difference_db < high_pass.rms_in_db - 5
    assert compressor.rms_in_db == compressor.rms_out_db == high_pass.rms_out_db
    assert trim.frames_out < trim.frames_in == 6 * RATE
    assert peak.frames_out == cleaned.samples.shape[1] == trim.frames_out
    assert peak.peak_out_db == pytest.approx(-6)
    assert 20 * np.log10(np.abs(cleaned.samples).max()) == pytest.approx(-6, abs=1e-4)


def test_a_chain_of_bypassed_stages_gives_the_sound_back():
    clip = recording()
    cleaned, reports = clean_clip(steps_of("stages: [{limiter: {bypass: true}}]"), clip)
    assert (cleaned.samples == clip.samples).all()
    assert not reports[0].changed


def test_progress_tells_each_pass_and_how_far_it_is():
    heard = []
    run_chain(
        load_preset("field").steps,
        ClipSource(recording()),
        lambda block: None,
        progress=lambda purpose, heard_s: heard.append((purpose, heard_s)),
    )
    purposes = list(dict.fromkeys(purpose for purpose, _ in heard))
    assert purposes == ["dc_removal", "noise_reduction", "loudness_normalisation", "write"]
    assert heard[-1] == ("write", 6)


def test_an_error_names_the_file_and_the_stage(tmp_path):
    write_wav(tmp_path / "low.wav", Clip(np.zeros((1, 100), np.float32), 1000))
    steps = steps_of("stages: [{high_pass: {cutoff_hz: 900}}]")
    with pytest.raises(AudioError, match=r"low\.wav: high_pass: a high pass at 900 Hz"):
        run_chain(steps, FileSource(tmp_path / "low.wav"), lambda block: None)


def test_nan_is_refused(tmp_path):
    samples = np.zeros((1, 5000), np.float32)
    samples[0, 3000] = np.nan
    soundfile.write(tmp_path / "nan.wav", samples.T, RATE, subtype="FLOAT")
    with pytest.raises(AudioError, match=r"nan\.wav: holds NaN"):
        run_chain(load_preset("field").steps, FileSource(tmp_path / "nan.wav"), lambda block: None)
    with pytest.raises(AudioError, match="NaN"):
        clean_clip(load_preset("field").steps, Clip(samples, RATE))


@pytest.mark.parametrize("limit", [100_000, 500_000])
def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch, limit):
    """First there is no room for the draft, then none for the result."""
    monkeypatch.setattr(sources, "_IN_MEMORY_BYTES", 1000 if limit == 100_000 else 1 << 25)
    clip = recording()
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, usual[1]))
    try:
        with (
            pytest.raises(AudioError) as caught,
            stream_wav(tmp_path / "out.wav", sample_rate_hz=RATE, channels=2) as stream,
        ):
            run_chain(
                load_preset("field").steps,
                ClipSource(clip),
                stream.write,
                drafts_folder=tmp_path,
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert "File too large" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_regrouping_keeps_all_samples():
    rng = np.random.default_rng(0)
    frames = rng.normal(size=(1000, 3)).astype(np.float32)
    for size in (1, 7, 100, 999, 1000, 5000):
        blocks = list(regroup(np.split(frames, [0, 1, 500, 500, 998]), size))
        assert (np.concatenate(blocks, axis=1) == frames.T).all()
        assert [block.shape[1] for block in blocks[:-1]] == [size] * (len(blocks) - 1)
        assert blocks[-1].shape[1] <= size


MEMORY_SCRIPT = """
import resource, sys
from kikimimi.cleaning import sources
from kikimimi.cleaning.chain import run_chain
from kikimimi.cleaning.presets import load_preset
from kikimimi.cleaning.sources import FileSource
def run(path):
    run_chain(load_preset("field").steps, FileSource(path), lambda block: None)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sources._IN_MEMORY_BYTES = 1 << 20
before = run(sys.argv[1])
print(run(sys.argv[2]) - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in KiB on Linux")
def test_memory_does_not_grow_with_the_sound(tmp_path):
    """Seven minutes, 49 MiB as float64, take about as much as ten seconds."""
    noise = 0.1 * np.random.default_rng(0).normal(size=(2, 10 * 8000)).astype(np.float32)
    for name, times in (("short.wav", 1), ("long.wav", 40)):
        with stream_wav(tmp_path / name, sample_rate_hz=8000, channels=2) as stream:
            for second in range(times):
                stream.write(noise * (1 + second % 3) / 3)
    command = [sys.executable, "-c", MEMORY_SCRIPT, "short.wav", "long.wav"]
    result = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=tmp_path, env=dict(os.environ)
    )
    assert int(result.stdout) < 20 * 1024


def test_a_real_recording_goes_through_every_preset(shared_data):
    path = next(iter(sorted((shared_data / "esc50").rglob("*.ogg"))))
    for name in preset_names():
        cleaned, _ = clean_clip(load_preset(name).steps, read_clip(path))
        assert np.isfinite(cleaned.samples).all()
        assert cleaned.samples.any()
