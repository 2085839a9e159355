"""`kikimimi clean`: what it writes, tells and refuses."""

import json
import resource
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import Result
from typer.testing import CliRunner

from kikimimi.audio.reading import read_clip
from kikimimi.audio.riff import read_chunks
from kikimimi.audio.writing import write_wav
from kikimimi.cleaning.presets import preset_names
from kikimimi.cli.app import app
from kikimimi.types import Clip

RATE_HZ = 16000
PRESET = """
description: For tests
stages:
  - dc_removal
  - high_pass: {cutoff_hz: 100}
  - low_pass: {cutoff_hz: 7000, bypass: true}
"""


def clean(*arguments: object, expect: int = 0) -> Result:
    done = CliRunner().invoke(app(), ["clean", *map(str, arguments)])
    problem = done.exception if isinstance(done.exception, Exception) else None
    assert done.exit_code == expect, (done.output, problem)
    return done


def refused(*arguments: object, message: str) -> None:
    """The call is wrong: the error that the command prints, in one line, before status 2."""
    done = CliRunner().invoke(app(), ["clean", *map(str, arguments)])
    assert done.exit_code != 0
    text = str(done.exception)
    assert message in text and "\n" not in text, text


def noisy(seconds: float = 4.0, *, channels: int = 1, seed: int = 0) -> np.ndarray:
    """A knock each second over hiss and an offset, (T, C)."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    knocks = 0.3 * rng.standard_normal(len(time_s)) * np.exp(-(time_s % 1) / 0.03)
    hiss = 0.002 * rng.standard_normal((len(time_s), channels))
    return knocks[:, None] + hiss + 0.01


@pytest.fixture
def take(tmp_path: Path) -> Path:
    path = tmp_path / "撮り take.wav"
    soundfile.write(path, noisy(), RATE_HZ, subtype="PCM_16")
    return path


@pytest.fixture
def preset(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(PRESET)
    return path


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes, as if the disk were full then."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_recording_is_cleaned_and_left_as_it_is(take, preset, tmp_path) -> None:
    before = take.read_bytes()
    done = clean(take, "-o", tmp_path / "out.wav", "--preset", preset)
    assert take.read_bytes() == before
    samples, rate_hz = soundfile.read(tmp_path / "out.wav")
    assert (rate_hz, len(samples)) == (RATE_HZ, 4 * RATE_HZ)
    assert soundfile.info(tmp_path / "out.wav").subtype == "PCM_24"
    assert abs(samples.mean()) < 1e-4
    rows = dict(line.split("\t", 1) for line in done.stdout.splitlines())
    assert rows["DC offset"].startswith("0.01")
    assert "low_pass: bypassed" in done.stderr
    assert "preset mine" in done.stderr


def test_without_output_only_figures_and_reasons_are_told(take, tmp_path) -> None:
    there = names_in(tmp_path)
    done = clean(take)
    assert names_in(tmp_path) == there
    assert "Noise floor" in done.stdout
    assert "suggested dc_removal: the samples lie around +0.0" in done.stderr
    assert "suggested noise_reduction" in done.stderr


def test_auto_chooses_the_chain_and_says_why(take, tmp_path) -> None:
    done = clean(take, "-o", tmp_path / "out", "--auto", "--json")
    record = json.loads(done.stdout)
    assert record["output"] == str(tmp_path / "out" / take.name)
    certain = [each["stage"] for each in record["suggestions"] if each["certain"]]
    assert [stage["name"] for stage in record["stages"]] == certain
    assert {"dc_removal", "noise_reduction"} <= set(certain)
    assert all(each["reason"] for each in record["suggestions"])
    assert record["after"]["noise_floor_db"] < record["before"]["noise_floor_db"] - 6
    assert record["after"]["snr_db"] > record["before"]["snr_db"] + 6


def test_auto_adapts_the_settings_of_a_preset(tmp_path, preset) -> None:
    rumble = np.random.default_rng(1).standard_normal(6 * RATE_HZ)
    spectrum = np.fft.rfft(rumble)
    spectrum[np.fft.rfftfreq(len(rumble), 1 / RATE_HZ) > 120] = 0
    samples = noisy(6)[:, 0] + 4 * np.fft.irfft(spectrum)
    soundfile.write(tmp_path / "x.wav", samples / np.abs(samples).max(), RATE_HZ)
    done = clean(tmp_path / "x.wav", "-o", tmp_path / "o", "--preset", preset, "--auto", "--json")
    record = json.loads(done.stdout)
    assert [stage["name"] for stage in record["stages"]] == ["dc_removal", "high_pass", "low_pass"]
    (high_pass,) = [each for each in record["suggestions"] if each["stage"] == "high_pass"]
    assert high_pass["settings"]["cutoff_hz"] > 100


def test_folders_are_cleaned_in_processes_and_mirrored(tmp_path, preset) -> None:
    """Good ones are done, bad ones are named, in one status."""
    field = tmp_path / "field"
    (field / "day 1").mkdir(parents=True)
    for name, channels in (("a.wav", 1), ("day 1/b.flac", 2)):
        soundfile.write(field / name, noisy(1, channels=channels), RATE_HZ)
    (field / "text.wav").write_text("no sound")
    done = clean(field, "-o", tmp_path / "out", "--preset", preset, "--jobs", 2, expect=1)
    assert names_in(tmp_path / "out") == ["a.wav", "day 1"]
    assert soundfile.info(tmp_path / "out" / "day 1" / "b.wav").channels == 2
    assert len(done.stdout.splitlines()) == 2
    assert "text.wav" in done.stderr and "2 of 3 recordings" in done.stderr
    alone = (field, "-o", tmp_path / "alone", "--preset", preset, "--jobs", 1)
    clean(*alone, expect=1)
    for name in ("a.wav", "day 1/b.wav"):
        one, two = tmp_path / "alone" / name, tmp_path / "out" / name
        assert one.read_bytes() == two.read_bytes()
    again = clean(*alone, expect=1)
    assert again.stderr.count("exists already") == 2
    clean(*alone, "--overwrite", expect=1)


def test_what_lies_in_the_output_is_not_cleaned_again(take, preset, tmp_path) -> None:
    clean(tmp_path, "-o", tmp_path / "out", "--preset", preset)
    clean(tmp_path, "-o", tmp_path / "out", "--preset", preset, "--overwrite")
    assert names_in(tmp_path / "out") == [take.name]


def test_metadata_is_kept(take, preset, tmp_path) -> None:
    payload = b"beat\x00\x01\x02"
    source = take.read_bytes()
    extra = b"bext" + struct.pack("<I", 602) + b"d" * 602 + b"iXML" + struct.pack("<I", 7)
    extra += payload + b"\0"
    take.write_bytes(b"RIFF" + struct.pack("<I", len(source) - 8 + len(extra)) + source[8:] + extra)
    clean(take, "-o", tmp_path / "out.wav", "--preset", preset)
    chunks = {chunk.identifier: chunk for chunk in read_chunks(tmp_path / "out.wav")}
    out = (tmp_path / "out.wav").read_bytes()
    kept = chunks[b"iXML"]
    assert out[kept.offset : kept.offset + kept.size] == payload
    assert chunks[b"bext"].size == 602


@pytest.mark.parametrize("link", ["name", "soft", "hard"])
def test_a_recording_is_never_written_over(take, preset, tmp_path, link) -> None:
    before = take.read_bytes()
    target = {"name": take, "soft": tmp_path / "soft.wav", "hard": tmp_path / "hard.wav"}[link]
    if link == "soft":
        target.symlink_to(take)
    elif link == "hard":
        target.hardlink_to(take)
    for more in ([], ["--overwrite"]):
        refused(take, "-o", target, "--preset", preset, *more, message="never written over")
    refused(tmp_path, "-o", tmp_path, "--preset", preset, message="never written over")
    assert take.read_bytes() == before


def test_a_full_disk_leaves_no_half_file(tmp_path, preset) -> None:
    take = tmp_path / "long.wav"
    soundfile.write(take, noisy(10), RATE_HZ)
    before = take.read_bytes()
    out = tmp_path / "out"
    out.mkdir()
    with disk_of(200_000):
        done = clean(take, "-o", out, "--preset", preset, expect=1)
    assert "long.wav" in done.stderr and "Traceback" not in done.stderr
    assert names_in(out) == [] and take.read_bytes() == before
    (out / "long.wav").write_bytes(b"what was there")
    with disk_of(200_000):
        clean(take, "-o", out, "--preset", preset, "--overwrite", expect=1)
    assert names_in(out) == ["long.wav"]
    assert (out / "long.wav").read_bytes() == b"what was there"


@pytest.mark.parametrize("preset", [*preset_names(), None], ids=str)
@pytest.mark.parametrize(
    "samples",
    [
        np.zeros((RATE_HZ, 1)),
        np.clip(5 * noisy(2), -1, 1),
        np.full((1, 1), 0.5),
        noisy(1, channels=8),
        1e-6 * noisy(1),
        np.ones((1000, 2)),
    ],
    ids=["silence", "clipped", "one sample", "8 channels", "faint", "constant"],
)
def test_odd_sounds_are_cleaned_or_named(tmp_path, preset, samples) -> None:
    """By every preset of the package, and by --auto alone."""
    path = tmp_path / "odd.wav"
    soundfile.write(path, samples, RATE_HZ)
    chosen = ["--auto"] if preset is None else ["--preset", preset, "--auto"]
    done = CliRunner().invoke(app(), ["clean", str(path), "-o", str(tmp_path / "out.wav"), *chosen])
    assert not isinstance(done.exception, Exception) or done.exit_code == 1, done.exception
    if done.exit_code == 0:
        clip = read_clip(tmp_path / "out.wav")
        assert clip.samples.shape[0] == samples.shape[1]
        assert np.isfinite(clip.samples).all()
    else:
        assert "leaves nothing" in done.stderr
        assert not (tmp_path / "out.wav").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (np.array([0.1, np.nan, 0.2]), "NaN"),
        (np.array([0.1, np.inf]), "NaN or infinite"),
        (b"", "empty"),
        (b"RIFF0000WAVE", "recording.wav"),
    ],
    ids=["NaN", "infinite", "empty", "only a header"],
)
def test_what_cannot_be_cleaned_is_named(tmp_path, preset, content, message) -> None:
    path = tmp_path / "recording.wav"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        soundfile.write(path, content, RATE_HZ, subtype="FLOAT")
    done = clean(path, "-o", tmp_path / "out.wav", "--preset", preset, expect=1)
    assert message in done.stderr and "Traceback" not in done.output
    assert not (tmp_path / "out.wav").exists()


def test_wrong_calls_are_refused_before_anything_is_written(take, preset, tmp_path) -> None:
    out = tmp_path / "out"
    bad = tmp_path / "bad.yaml"
    bad.write_text("stages:\n  - hihg_pass: {cutoff_hz: 50}\n")
    refused(take, "-o", out, "--preset", bad, message="did you mean 'high_pass'?")
    bad.write_text("stages:\n  - high_pass: {cutof_hz: 50}\n")
    refused(take, "-o", out, "--preset", bad, message="did you mean 'cutoff_hz'?")
    refused(take, "-o", out, "--preset", "feild", message="did you mean 'field'?")
    refused(take, "-o", out, "--subtype", "PCM_14", message="did you mean 'PCM_24'?")
    refused(take, "-o", out, "--report", "report.pdf", message="must end in .html, .json")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", "-o", out, message="no sound files")
    assert not out.exists()


def test_16_bits_are_dithered(tmp_path, preset) -> None:
    """A tone under half a step is still there, in noise, and digital silence stays silent."""
    time_s = np.arange(2 * RATE_HZ) / RATE_HZ
    faint = 0.4 / 32768 * np.sin(2 * np.pi * 1000 * time_s)
    faint[-RATE_HZ // 2 :] = 0
    write_wav(tmp_path / "x.wav", Clip(faint[None].astype(np.float32), RATE_HZ), subtype="FLOAT")
    nothing = tmp_path / "nothing.yaml"
    nothing.write_text("stages:\n  - high_pass: {bypass: true}\n")
    arguments = (tmp_path / "x.wav", "-o", tmp_path / "y.wav", "--preset", nothing)
    clean(*arguments, "--subtype", "PCM_16")
    first = (tmp_path / "y.wav").read_bytes()
    samples, _ = soundfile.read(tmp_path / "y.wav")
    level = 2 * abs(np.mean(samples[:RATE_HZ] * np.exp(2j * np.pi * 1000 * time_s[:RATE_HZ])))
    assert level == pytest.approx(0.4 / 32768, rel=0.2)
    assert not samples[-RATE_HZ // 2 :].any()
    clean(*arguments, "--subtype", "PCM_16", "--overwrite")
    assert (tmp_path / "y.wav").read_bytes() == first


class _Report(HTMLParser):
    """Collects what a reader of the report meets."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.sources += [value or "" for name, value in attrs if name == "src"]
        assert tag != "script"

    def handle_data(self, data: str) -> None:
        self.text += data


def test_reports_and_pictures(tmp_path, preset) -> None:
    take = tmp_path / "<b>雨 & rain.wav"
    soundfile.write(take, noisy(1), RATE_HZ)
    common = ("--preset", preset, "--overwrite")
    clean(take, "-o", tmp_path / "out", "--report", tmp_path / "r.json", *common)
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert report["chain"] == "preset mine"
    assert report["recordings"][0]["path"] == str(take)
    clean(
        *(take, "-o", tmp_path / "out", "--report", tmp_path / "r.html"),
        *("--picture", tmp_path / "pictures", *common),
    )
    page = _Report()
    page.feed((tmp_path / "r.html").read_text(encoding="utf-8"))
    assert take.name in page.text and "Noise floor" in page.text
    before, after, picture = page.sources
    assert before == "%3Cb%3E%E9%9B%A8%20%26%20rain.wav"
    assert after == f"out/{before}"
    assert picture.startswith("data:image/png;base64,")
    assert names_in(tmp_path / "pictures") == [f"{take.stem}.png"]


def test_as_a_process(run, take, preset) -> None:
    """Messages go to standard error, one JSON line to standard output, and the status is right."""
    done = run("clean", take, "-o", "out.wav", "--preset", preset, "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["after"]
    wrong = run("clean", take, "-o", take, "--preset", preset)
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("kikimimi: ") and wrong.stderr.count("\n") == 1
