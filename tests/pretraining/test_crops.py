"""Crops of folders: bounded, repeatable, and undisturbed by bad files."""

import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from kikimimi.audio.waveform_bank import open_bank
from kikimimi.errors import AudioError, ConfigError, DatasetError
from kikimimi.pretraining.crops.batches import CropBatch, CropSettings, CropStream
from kikimimi.pretraining.crops.files import AudioFiles, find_audio
from kikimimi.pretraining.crops.reading import BankStretches, FileStretches
from kikimimi.training.trainable import Shard

RATE = 16000


def write(path: Path, seconds: float, *, value: float | None = None, rate: int = RATE) -> Path:
    """A file of noise, or of one value, which tells of each crop where it is from."""
    count = round(seconds * rate)
    noise = np.random.default_rng(count).uniform(-0.5, 0.5, count)
    samples = noise if value is None else np.full(count, value)
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate, subtype="FLOAT" if path.suffix == ".wav" else None)
    return path


def folder_of(tmp_path: Path, count: int) -> AudioFiles:
    for number in range(count):
        write(tmp_path / f"{number:02}.wav", 2.0, value=(number + 1) / 100)
    return find_audio([tmp_path])


def stream_of(files: AudioFiles, *, told: dict[Path, str] | None = None, **changes) -> CropStream:
    options = {"views": 1, "batch_size": 4, "seed": 7, **changes}
    crops = options.pop("settings", CropSettings(crop_s=0.5, stretch_s=1.0))
    read = FileStretches(files, sample_rate_hz=RATE, stretch_s=crops.stretch_s)
    tell = told.__setitem__ if told is not None else None
    return CropStream(files, read, crops, sample_rate_hz=RATE, bad_file=tell, **options)


def heard(batches: list[CropBatch]) -> np.ndarray:
    return np.concatenate([batch.samples.numpy() for batch in batches])


# which files


def test_folders_files_and_lists(tmp_path: Path) -> None:
    a = write(tmp_path / "音" / "b.wav", 0.1)
    b = write(tmp_path / "音" / "a.flac", 0.1)
    other = write(tmp_path / "other" / "c.wav", 0.1)
    (tmp_path / "音" / "notes.md").write_text("no sound")
    (tmp_path / "音" / ".hidden.wav").write_bytes(b"")
    lines = tmp_path / "list.txt"
    lines.write_text(f"other/c.wav\r\n\n{a}\n音\n", encoding="utf-8")
    assert list(find_audio([tmp_path / "音", other])) == [b, a, other]
    assert list(find_audio([lines])) == [tmp_path / "other/c.wav", a, b, a]


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xe9\xff.wav")
    path = write(tmp_path / "in" / "a.wav", 0.1).rename(tmp_path / "in" / name)
    lines = tmp_path / "list.txt"
    lines.write_bytes(os.fsencode(path) + b"\n")
    assert list(find_audio([tmp_path / "in"])) == list(find_audio([lines])) == [path]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no sound files there"),
        (b"nothing.wav\n", "line 1: there is no file"),
        (b"RIFF\0\0\0\0", "neither sound nor a list"),
        (None, "cannot be read"),
    ],
)
def test_wrong_lists(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "list.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DatasetError, match=message) as caught:
        find_audio([path])
    assert "\n" not in str(caught.value)


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no sound files there"):
        find_audio([tmp_path])


def test_paths_of_many_files_take_little_memory() -> None:
    tracemalloc.start()
    files = AudioFiles(f"/sounds/{number:07}/a long name of a file.wav" for number in range(20_000))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held / len(files) < 100  # bytes: the text and one number
    assert files[19_999] == Path("/sounds/0019999/a long name of a file.wav")
    with pytest.raises(IndexError):
        files[20_000]


# stretches


def test_only_a_stretch_is_decoded(tmp_path: Path) -> None:
    files = AudioFiles([write(tmp_path / "long.wav", 120.0)])
    read = FileStretches(files, sample_rate_hz=RATE, stretch_s=0.5)
    read(0, np.random.default_rng(0))
    tracemalloc.start()
    stretch = read(0, np.random.default_rng(0))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(stretch) == 8000
    assert peak < 1e6  # the file has 7.7 MB of samples


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3"])
def test_a_stretch_is_a_part_of_the_file(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, 6.0)
    whole = soundfile.read(path, dtype="float32")[0]
    read = FileStretches(AudioFiles([path]), sample_rate_hz=RATE, stretch_s=0.25)
    for seed in range(3):
        stretch = read(0, np.random.default_rng(seed))
        assert len(stretch) == 4000
        windows = np.lib.stride_tricks.sliding_window_view(whole, 4000)[:, ::97]
        distances = np.abs(windows - stretch[::97]).max(axis=1)
        assert distances.min() < 1e-3


def test_stretches_reach_both_ends(tmp_path: Path) -> None:
    path = tmp_path / "ramp.wav"
    soundfile.write(path, np.arange(100) / 100, RATE, subtype="FLOAT")
    read = FileStretches(AudioFiles([path]), sample_rate_hz=RATE, stretch_s=90 / RATE)
    firsts = {round(100 * read(0, np.random.default_rng(seed))[0]) for seed in range(300)}
    assert firsts == set(range(11))


def test_channels_are_mixed_and_the_rate_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "stereo.wav"
    left = np.sin(2 * np.pi * 440 * np.arange(44100) / 44100)
    soundfile.write(path, np.stack([left, np.zeros_like(left)], axis=1), 44100, subtype="FLOAT")
    read = FileStretches(AudioFiles([path]), sample_rate_hz=RATE, stretch_s=5.0)
    stretch = read(0, np.random.default_rng(0))
    assert len(stretch) == RATE
    expected = 0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)
    np.testing.assert_allclose(stretch[500:-500], expected[500:-500], atol=2e-3)


def test_a_bank_gives_what_the_files_hold(tmp_path: Path) -> None:
    paths = [write(tmp_path / "a.wav", 1.0, value=0.25), tmp_path / "bad.wav"]
    paths[1].write_text("no sound")
    told: dict[Path, str] = {}
    bank = open_bank(
        paths, sample_rate_hz=RATE, longest_s=0.5, cache=tmp_path, fault=told.__setitem__
    )
    read = BankStretches(AudioFiles(paths), bank, told)
    np.testing.assert_allclose(read(0, np.random.default_rng(0)), 0.25, atol=1e-4)
    assert list(told) == [paths[1]]
    with pytest.raises(AudioError, match=r"bad\.wav"):
        read(1, np.random.default_rng(0))


# batches


def test_each_file_once_an_epoch_in_another_order(tmp_path: Path) -> None:
    stream = stream_of(folder_of(tmp_path, 12))
    orders = []
    for epoch in range(2):
        batches = list(stream.batches(epoch, Shard()))
        assert len(batches) == stream.steps_per_epoch(1) == 3
        orders.append(np.concatenate([batch.files for batch in batches]).tolist())
        assert sorted(orders[-1]) == list(range(12))
        for batch in batches:
            assert batch.samples.shape == (4, 1, 8000)
            values = (batch.files.numpy() + 1) / 100
            np.testing.assert_allclose(batch.samples[:, 0, 0], values, rtol=1e-6)
    assert orders[0] != orders[1]


def test_an_epoch_is_a_function_of_seed_epoch_and_shard(tmp_path: Path) -> None:
    for number in range(8):
        write(tmp_path / f"{number}.wav", 2.0 + number / 10)
    files = find_audio([tmp_path])
    first = heard(list(stream_of(files).batches(3, Shard())))
    np.testing.assert_array_equal(heard(list(stream_of(files).batches(3, Shard()))), first)
    assert not np.array_equal(heard(list(stream_of(files).batches(4, Shard()))), first)
    assert not np.array_equal(heard(list(stream_of(files, seed=8).batches(3, Shard()))), first)


def test_workers_change_nothing(tmp_path: Path) -> None:
    files = folder_of(tmp_path, 8)
    (tmp_path / "03.wav").write_text("no sound")
    told: list[dict[Path, str]] = [{}, {}]
    alone, helped = (
        heard(list(stream_of(files, workers=workers, told=told[workers]).batches(0, Shard())))
        for workers in range(2)
    )
    np.testing.assert_array_equal(alone, helped)
    assert told[0] == told[1]
    assert list(told[0]) == [tmp_path / "03.wav"]


@settings(max_examples=20, deadline=None)
@given(files=st.integers(4, 40), world=st.integers(1, 4))
def test_shards_part_the_files(files: int, world: int) -> None:
    paths = AudioFiles(Path(f"{number}.wav") for number in range(files))

    def read(number: int, generator: np.random.Generator) -> np.ndarray:
        return np.full(100, number, np.float32)

    crops = CropSettings(crop_s=50 / RATE, stretch_s=1.0)
    stream = CropStream(paths, read, crops, sample_rate_hz=RATE, views=1, batch_size=1, seed=0)
    parts = [[b.files for b in stream.batches(0, Shard(rank, world))] for rank in range(world)]
    numbers = [int(number) for part in parts for number in part]
    assert {len(part) for part in parts} == {stream.steps_per_epoch(world)}
    assert len(set(numbers)) == len(numbers) == files // world * world


def test_views_and_several_crops_of_one_visit(tmp_path: Path) -> None:
    files = folder_of(tmp_path, 4)
    crops = CropSettings(crop_s=0.25, stretch_s=2.0, crops_per_file=2)
    batches = list(stream_of(files, settings=crops, views=2).batches(0, Shard()))
    assert [batch.samples.shape for batch in batches] == [(4, 2, 4000)] * 2
    for batch in batches:
        assert batch.files[0] == batch.files[1] != batch.files[2]
        np.testing.assert_allclose(batch.samples[0], float(batch.samples[1, 0, 0]))
    with pytest.raises(ConfigError, match="multiple of 2"):
        stream_of(files, settings=crops, batch_size=3)


def test_views_are_different_crops(tmp_path: Path) -> None:
    write(tmp_path / "a.wav", 5.0)
    batch = next(stream_of(find_audio([tmp_path]), views=2, batch_size=1).batches(0, Shard()))
    assert not np.array_equal(batch.samples[0, 0], batch.samples[0, 1])


def test_files_shorter_than_the_crop_are_filled_with_silence(tmp_path: Path) -> None:
    for number in range(4):
        write(tmp_path / f"{number}.wav", 0.1, value=0.5)
    batch = next(stream_of(find_audio([tmp_path])).batches(0, Shard()))
    assert batch.samples.shape == (4, 1, 8000)
    assert (batch.samples.sum(dim=2) == 800).all()
    assert len({int(row.argmax()) for row in batch.samples[:, 0]}) > 1  # anywhere in the crop


def test_crops_hold_sound_where_there_is_any(tmp_path: Path) -> None:
    samples = np.zeros(5 * RATE)
    samples[:4000] = 0.5
    for number in range(4):
        soundfile.write(tmp_path / f"{number}.wav", samples, RATE)
    crops = CropSettings(crop_s=0.5, stretch_s=5.0)
    stream = stream_of(find_audio([tmp_path]), settings=crops)
    for epoch in range(5):
        assert (heard(list(stream.batches(epoch, Shard()))).max(axis=2) > 0.4).all()


def test_a_bad_file_is_told_once_and_others_stand_in(tmp_path: Path) -> None:
    files = folder_of(tmp_path, 8)
    (tmp_path / "05.wav").write_bytes(b"RIFF no sound")
    (tmp_path / "06.wav").unlink()
    told: dict[Path, str] = {}
    calls: list[Path] = []
    stream = stream_of(files)
    stream._bad_file = lambda path, reason: (calls.append(path), told.__setitem__(path, reason))
    for epoch in range(3):
        batches = list(stream.batches(epoch, Shard()))
        assert [len(batch.samples) for batch in batches] == [4, 4]
        assert not {5, 6} & {int(number) for batch in batches for number in batch.files}
    assert sorted(calls) == [tmp_path / "05.wav", tmp_path / "06.wav"]
    assert stream.bad_files == 2
    assert "05.wav" in told[tmp_path / "05.wav"]


@pytest.mark.parametrize("workers", [0, 1])
def test_nothing_but_bad_files(tmp_path: Path, workers: int) -> None:
    for number in range(4):
        (tmp_path / f"{number}.wav").write_text("no sound")
    stream = stream_of(find_audio([tmp_path]), workers=workers)
    with pytest.raises(DatasetError, match=r"4 of 4 files .* none can be read") as caught:
        list(stream.batches(0, Shard()))
    assert "\n" not in str(caught.value)
    with pytest.raises(DatasetError, match="none can be read"):
        list(stream.sample(2))


def test_a_sample_is_always_the_same(tmp_path: Path) -> None:
    files = folder_of(tmp_path, 9)
    (tmp_path / "04.wav").write_text("no sound")
    found = [float(crop[0]) for crop in stream_of(files).sample(3)]
    assert found == pytest.approx([0.01, 0.09])
    assert len(list(stream_of(files).sample(100))) == 8


@pytest.mark.parametrize(
    "wrong",
    [{"crop_s": 0}, {"crop_s": 2.0, "stretch_s": 1.0}, {"crops_per_file": 0}, {"cache_s": 0.0}],
)
def test_impossible_settings(wrong: dict) -> None:
    with pytest.raises(ConfigError):
        CropSettings(**wrong)
