"""Clips decoded once for a training."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from kikimimi.audio.waveform_bank import open_bank
from kikimimi.errors import DatasetError


def _write(path: Path, seconds: float, rate_hz: int = 16000) -> Path:
    samples = np.random.default_rng(len(path.name)).uniform(-0.9, 0.9, int(seconds * rate_hz))
    soundfile.write(path, samples, rate_hz, subtype="FLOAT")
    return path


def test_clips_come_back_within_half_a_step_of_16_bits(tmp_path: Path) -> None:
    paths = [_write(tmp_path / "a.wav", 0.5), _write(tmp_path / "long.wav", 3.0)]
    bank = open_bank(paths, sample_rate_hz=16000, longest_s=1.0, cache=tmp_path / "cache")
    assert len(bank) == 2
    assert [len(bank[0]), len(bank[1])] == [8000, 16000]
    for number, path in enumerate(paths):
        expected = soundfile.read(path, dtype="float32")[0][: len(bank[number])]
        np.testing.assert_allclose(bank[number], expected, atol=0.5 / 32767 + 1e-7)


def test_decoding_happens_once_and_again_after_a_change(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.wav", 0.5)
    told: list[int] = []

    def opened() -> int:
        bank = open_bank(
            [path], sample_rate_hz=16000, longest_s=5.0, cache=tmp_path / "cache",
            progress=lambda done, total, name, seconds: told.append(done),
        )  # fmt: skip
        return len(bank[0])

    assert (opened(), opened(), len(told)) == (8000, 8000, 1)
    _write(path, 1.0)
    os.utime(path, (1, 1))
    assert (opened(), len(told)) == (16000, 2)


def test_bad_clips_are_counted_and_named(tmp_path: Path) -> None:
    good = _write(tmp_path / "good.wav", 0.1)
    bad = [tmp_path / f"bad{n}.wav" for n in range(5)]
    for path in bad[:4]:
        path.write_text("no sound")
    with pytest.raises(DatasetError, match=r"5 of 6 clips.*bad0\.wav.*bad2\.wav") as caught:
        open_bank([good, *bad], sample_rate_hz=16000, longest_s=5.0, cache=tmp_path / "cache")
    assert "\n" not in str(caught.value)
    assert not list((tmp_path / "cache").rglob("offsets.npy"))


def test_bad_clips_hold_no_samples_where_they_may_be_left_out(tmp_path: Path) -> None:
    paths = [tmp_path / "bad.wav", _write(tmp_path / "good.wav", 0.1)]
    paths[0].write_text("no sound")
    for _ in range(2):  # decoded, then opened
        told: dict[Path, str] = {}
        bank = open_bank(
            paths, sample_rate_hz=16000, longest_s=5.0, cache=tmp_path, fault=told.__setitem__
        )
        assert [len(bank[0]), len(bank[1])] == [0, 1600]
        assert list(told) == paths[:1]
        assert "bad.wav" in told[paths[0]]
    with pytest.raises(DatasetError, match="1 of 2 clips"):
        open_bank(paths, sample_rate_hz=16000, longest_s=5.0, cache=tmp_path)
    with pytest.raises(DatasetError, match="1 of 1 clips"):
        open_bank(
            paths[:1], sample_rate_hz=16000, longest_s=5.0, cache=tmp_path, fault=told.__setitem__
        )
