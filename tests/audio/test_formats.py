"""Every format against the independent oracles that can read it."""

from pathlib import Path

import numpy as np
import pytest
import scipy.io.wavfile
import soundfile

from kikimimi.audio.probing import probe
from kikimimi.audio.reading import read_clip
from kikimimi.audio.streaming import stream_blocks
from kikimimi.types import FloatArray

# Format, subtype, extension, largest error of a sample after writing and reading.
FORMATS = [
    ("WAV", "PCM_U8", "wav", 1 / 100),
    ("WAV", "PCM_16", "wav", 1 / 32000),
    ("WAV", "PCM_24", "wav", 1e-6),
    ("WAV", "PCM_32", "wav", 1e-6),
    ("WAV", "FLOAT", "wav", 0),
    ("WAV", "DOUBLE", "wav", 0),
    ("WAV", "ULAW", "wav", 0.02),
    ("WAV", "IMA_ADPCM", "wav", 0.2),
    ("WAVEX", "PCM_24", "wav", 1e-6),
    ("RF64", "PCM_16", "wav", 1 / 32000),
    ("RF64", "PCM_16", "rf64", 1 / 32000),
    ("W64", "PCM_16", "w64", 1 / 32000),
    ("AIFF", "PCM_24", "aiff", 1e-6),
    ("AIFF", "FLOAT", "aif", 0),
    ("AU", "PCM_16", "au", 1 / 32000),
    ("CAF", "PCM_24", "caf", 1e-6),
    ("CAF", "ALAC_16", "caf", 1 / 32000),
    ("FLAC", "PCM_16", "flac", 1 / 32000),
    ("FLAC", "PCM_24", "flac", 1e-6),
    ("OGG", "VORBIS", "ogg", 0.2),
    ("MP3", "MPEG_LAYER_III", "mp3", 0.2),
]


def write(path: Path, sweep: FloatArray, kind: str, subtype: str, rate: int = 44100) -> Path:
    soundfile.write(path, sweep.T, rate, format=kind, subtype=subtype)
    return path


@pytest.mark.parametrize(("kind", "subtype", "extension", "error"), FORMATS)
def test_a_written_sound_comes_back(tmp_path, sweep, kind, subtype, extension, error):
    path = write(tmp_path / f"sound.{extension}", sweep, kind, subtype)
    recording = probe(path)
    clip = read_clip(path)
    assert (recording.format, recording.subtype) == (kind, subtype)
    assert (recording.sample_rate_hz, recording.channels) == (44100, 2)
    assert recording.frames == clip.samples.shape[1]
    assert recording.duration_s == pytest.approx(3, abs=0.02)
    assert clip.samples.dtype == np.float32
    assert clip.samples.flags.c_contiguous
    difference = np.abs(clip.samples[:, : sweep.shape[1]] - sweep)
    assert difference.max() <= error


def test_opus_comes_back_at_its_own_rate(tmp_path, sweep):
    path = write(tmp_path / "sound.opus", sweep, "OGG", "OPUS", rate=48000)
    clip = read_clip(path)
    assert (probe(path).subtype, clip.sample_rate_hz) == ("OPUS", 48000)
    correlation = np.corrcoef(clip.samples[0], sweep[0])[0, 1]
    assert correlation > 0.99


@pytest.mark.parametrize(("kind", "subtype", "extension", "error"), FORMATS)
def test_a_stretch_is_a_slice_of_the_whole(tmp_path, sweep, kind, subtype, extension, error):
    path = write(tmp_path / f"sound.{extension}", sweep, kind, subtype)
    whole = read_clip(path).samples
    part = read_clip(path, start_s=0.7, end_s=2.2).samples
    np.testing.assert_allclose(part, whole[:, 30870:97020], atol=1e-6)


@pytest.mark.parametrize(("kind", "subtype", "extension", "error"), FORMATS)
def test_blocks_join_to_the_whole(tmp_path, sweep, kind, subtype, extension, error):
    path = write(tmp_path / f"sound.{extension}", sweep, kind, subtype)
    blocks = [clip.samples for clip in stream_blocks(path, block_s=0.31, mono=True)]
    assert np.array_equal(np.concatenate(blocks, axis=1), read_clip(path, mono=True).samples)
    assert {block.shape[1] for block in blocks[:-1]} == {round(0.31 * 44100)}


@pytest.mark.parametrize("start_s", [0.01, 3.3, 7.0])
def test_a_stretch_of_a_real_mp3_is_a_slice_of_the_whole(shared_data, start_s):
    files = sorted((shared_data / "sfx" / "rse_soundfx").rglob("*.mp3"))
    files = [path for path in files if probe(path).duration_s > start_s + 0.5]
    assert files
    for path in files:
        clip = read_clip(path)
        first = round(start_s * clip.sample_rate_hz)
        part = read_clip(path, start_s=start_s).samples
        np.testing.assert_allclose(part, clip.samples[:, first:], atol=1e-6, err_msg=str(path))


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_32", "FLOAT"])
@pytest.mark.filterwarnings("ignore:Chunk .non-data. not understood")
def test_wav_equals_what_scipy_reads(tmp_path, sweep, subtype):
    path = write(tmp_path / "sound.wav", sweep, "WAV", subtype)
    rate, frames = scipy.io.wavfile.read(path)
    if frames.dtype.kind == "i":
        frames = frames / -float(np.iinfo(frames.dtype).min)
    assert rate == 44100
    np.testing.assert_allclose(read_clip(path).samples, frames.T, atol=1e-7)


def test_real_files_equal_what_librosa_reads(shared_data):
    librosa = pytest.importorskip("librosa")
    files = [
        path
        for path in sorted((shared_data / "sfx").rglob("*"))
        if path.suffix in (".wav", ".ogg", ".mp3")
    ][::97]
    assert len(files) > 10
    for path in files:
        expected, rate = librosa.load(path, sr=None, mono=True)
        clip = read_clip(path, mono=True)
        assert clip.sample_rate_hz == rate
        np.testing.assert_allclose(clip.samples[0], expected, atol=1e-6, err_msg=str(path))
        resampled, _ = librosa.load(path, sr=16000, mono=True, res_type="soxr_hq")
        ours = read_clip(path, sample_rate_hz=16000, mono=True).samples[0]
        shared = min(len(ours), len(resampled))
        assert abs(len(ours) - len(resampled)) <= 1
        np.testing.assert_allclose(ours[:shared], resampled[:shared], atol=1e-5)


def test_every_real_file_is_read_to_its_end(shared_data):
    """The recording's length is the sum of its blocks, for every file that is not a guess."""
    files = sorted((shared_data / "sfx" / "kenney_interface").rglob("*.ogg"))[:40]
    files += sorted((shared_data / "sfx" / "freedoom").rglob("*.wav"))[:40]
    assert files
    for path in files:
        frames = sum(clip.samples.shape[1] for clip in stream_blocks(path, block_s=0.5))
        assert frames == probe(path).frames, path


@pytest.mark.parametrize(("channels", "rate"), [(32, 48000), (1, 384000), (32, 384000), (6, 8000)])
def test_many_channels_and_high_rates(tmp_path, channels, rate):
    frames = np.random.default_rng(0).uniform(-1, 1, (rate // 8, channels)).astype(np.float32)
    path = tmp_path / "wide.wav"
    soundfile.write(path, frames, rate, subtype="FLOAT")
    assert np.array_equal(read_clip(path).samples, frames.T)
    mono = read_clip(path, mono=True, sample_rate_hz=16000).samples
    assert mono.shape == (1, 2000)
    np.testing.assert_allclose(
        read_clip(path, mono=True).samples[0], frames.mean(axis=1, dtype=np.float64), atol=1e-6
    )


def test_one_sample_and_silence(tmp_path):
    one, silence = tmp_path / "one.wav", tmp_path / "silence.wav"
    soundfile.write(one, np.array([0.5]), 44100, subtype="FLOAT")
    soundfile.write(silence, np.zeros(44100), 44100)
    assert read_clip(one).samples.tolist() == [[0.5]]
    assert probe(one).duration_s == 1 / 44100
    assert not read_clip(silence, sample_rate_hz=16000).samples.any()
