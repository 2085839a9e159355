import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from kikimimi.audio.reading import read_clip
from kikimimi.audio.windows import cut_windows, stream_windows
from kikimimi.errors import AudioError

RULE = {"sample_rate_hz": 16000, "window_s": 2.0, "hop_s": 1.0, "min_s": 1.0, "quantum_s": 0.5}


def times(samples, **changes):
    return [
        (pytest.approx(window.start_s), pytest.approx(window.end_s))
        for window, _ in cut_windows(samples, **(RULE | changes))
    ]


def test_a_short_sound_is_one_window_padded_to_the_quantum():
    samples = np.ones(round(1.2 * 16000), dtype=np.float32)
    [(window, padded)] = cut_windows(samples, **RULE)
    assert (window.start_s, window.end_s) == (0, 1.2)
    assert padded.shape == (24000,)
    assert padded[: len(samples)].all()
    assert not padded[len(samples) :].any()


def test_a_very_short_sound_is_padded_to_the_least_length():
    [(window, padded)] = cut_windows(np.ones(1, np.float32), **RULE)
    assert (window.start_s, window.end_s) == (0, 1 / 16000)
    assert padded.shape == (16000,)


@pytest.mark.parametrize(
    ("duration_s", "expected"),
    [
        (2.0, [(0, 2)]),
        (2.1, [(0, 2)]),  # the last 2 s would repeat 95 % of the first
        (2.25, [(0, 2), (0.25, 2.25)]),
        (3.0, [(0, 2), (1, 3)]),
        (3.05, [(0, 2), (1, 3)]),
        (3.5, [(0, 2), (1, 3), (1.5, 3.5)]),
        (5.0, [(0, 2), (1, 3), (2, 4), (3, 5)]),
    ],
)
def test_the_last_window_ends_with_the_sound(duration_s, expected):
    assert times(np.zeros(round(duration_s * 16000), np.float32)) == expected


def test_windows_may_leave_gaps():
    samples = np.zeros(7 * 16000, np.float32)
    assert times(samples, hop_s=3.0) == [(0, 2), (3, 5), (5, 7)]


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 5000), st.integers(1, 700), st.integers(1, 900), st.integers(1, 300))
def test_windows_hold_the_samples_of_their_times(length, window, hop, quantum):
    samples = np.arange(1, length + 1, dtype=np.float32)
    rule = {"window_s": window / 100, "hop_s": hop / 100, "quantum_s": quantum / 100}
    cut = cut_windows(samples, sample_rate_hz=100, min_s=0, **rule)
    for stretch, padded in cut:
        first, last = round(stretch.start_s * 100), round(stretch.end_s * 100)
        assert 0 <= first < last <= length
        assert last - first <= window
        assert len(padded) % quantum == 0
        assert np.array_equal(padded[: last - first], samples[first:last])
        assert not padded[last - first :].any()
    starts = [stretch.start_s for stretch, _ in cut]
    assert starts == sorted(set(starts))
    assert round(cut[-1][0].end_s * 100) >= length - 0.1 * window - 1
    if hop <= 0.9 * window:
        covered = np.zeros(length, bool)
        for stretch, _ in cut:
            covered[round(stretch.start_s * 100) : round(stretch.end_s * 100)] = True
        assert covered[: length - int(0.1 * window) - 1].all()


@pytest.mark.parametrize("rate", [16000, 44100, 8000])
@pytest.mark.parametrize("duration_s", [0.001, 1.3, 2.0, 2.00001, 7.77])
def test_a_stream_gives_what_memory_gives(tmp_path, rate, duration_s, monkeypatch):
    path = tmp_path / "noise.wav"
    frames = np.random.default_rng(0).uniform(-1, 1, (round(duration_s * rate), 2))
    soundfile.write(path, frames, rate, subtype="FLOAT")
    whole = read_clip(path, sample_rate_hz=16000, mono=True).samples[0]
    expected = cut_windows(whole, **RULE, duration_s=len(frames) / rate)
    monkeypatch.setattr("kikimimi.audio.sources.BLOCK_VALUES", 5001)
    streamed = list(stream_windows(path, **RULE))
    assert [window for window, _ in streamed] == [window for window, _ in expected]
    for (_, ours), (_, theirs) in zip(streamed, expected, strict=True):
        assert np.array_equal(ours, theirs)
    assert streamed[-1][0].end_s <= len(frames) / rate


def test_one_sample_at_a_high_rate_is_still_a_window(tmp_path):
    soundfile.write(tmp_path / "one.wav", np.array([0.5]), 384000)
    [(window, samples)] = stream_windows(tmp_path / "one.wav", **RULE)
    assert window.end_s == 1 / 384000
    assert samples.shape == (16000,)


def test_real_files_are_covered_to_their_ends(shared_data):
    files = sorted((shared_data / "sfx" / "minetest_game").rglob("*.ogg"))[:50]
    assert files
    for path in files:
        duration_s = soundfile.info(path).duration
        found = list(stream_windows(path, **RULE))
        assert found[0][0].start_s == 0
        assert duration_s - 0.2 <= found[-1][0].end_s <= duration_s
        assert all(len(samples) % 8000 == 0 for _, samples in found)


@pytest.mark.parametrize("change", [{"window_s": 0}, {"hop_s": -1}, {"sample_rate_hz": 0}])
def test_impossible_windows_are_refused(change):
    with pytest.raises(AudioError, match="positive"):
        cut_windows(np.zeros(10, np.float32), **(RULE | change))


@pytest.mark.parametrize("shape", [(0,), (2, 10)])
def test_another_shape_is_refused(shape):
    with pytest.raises(AudioError, match="samples"):
        cut_windows(np.zeros(shape, np.float32), **RULE)
