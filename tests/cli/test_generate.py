"""`kikimimi generate`: what it makes, tells and refuses."""

import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import Result
from typer.testing import CliRunner

from kikimimi.audio.metadata.reading import read_metadata
from kikimimi.audio.reading import read_clip
from kikimimi.cli.app import app
from kikimimi.cli.generating.class_names import class_named
from kikimimi.generation.making.files import read_parameters

RATE_HZ = 16000
QUICK = ("--encoder", "placeholder")


@pytest.fixture
def folders(toy_generators) -> dict[str, Path]:
    return toy_generators


@pytest.fixture(params=["vae", "flow"])
def sampler(request, folders) -> Path:
    return folders[request.param]


@pytest.fixture
def rain(tmp_path: Path) -> Path:
    path = tmp_path / "雨 rain.wav"
    hiss = 0.1 * np.random.default_rng(1).standard_normal(round(0.7 * RATE_HZ))
    soundfile.write(path, hiss, RATE_HZ)
    return path


def generate(*arguments: object, expect: int = 0) -> Result:
    done = CliRunner().invoke(app(), ["generate", *map(str, arguments), *QUICK])
    problem = done.exception if isinstance(done.exception, Exception) else None
    assert done.exit_code == expect, (done.output, problem)
    return done


def refused(*arguments: object, message: str) -> None:
    """The call is wrong: the error that the command prints, in one line, before status 2."""
    done = CliRunner().invoke(app(), ["generate", *map(str, arguments)])
    assert done.exit_code != 0
    text = str(done.exception)
    assert message in text and "\n" not in text, text


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


def test_variations_are_as_long_as_the_sound_and_say_how_they_were_made(
    rain, sampler, tmp_path
) -> None:
    out = tmp_path / "out"
    call = ("vary", rain, "-o", out, "--generator", sampler, "--count", 3, "--seed", 4)
    done = generate(*call, "--amount", 0.3)
    assert names_in(out) == [f"雨 rain_vary_{seed}.wav" for seed in (4, 5, 6)]
    for seed in (4, 5, 6):
        path = out / f"雨 rain_vary_{seed}.wav"
        clip = read_clip(path)
        assert clip.samples.shape == (1, round(0.7 * RATE_HZ)) and clip.sample_rate_hz == RATE_HZ
        assert soundfile.info(path).subtype == "PCM_24"
        told = read_parameters(path)
        assert told is not None and told["method"] == "vary" and told["source"] == rain.name
        assert (told["amount"], told["seed"], told["loop"]) == (0.3, seed, False)
        assert told["generator"].startswith("trained@") and told["licence"]
        assert told["vocoder"] == "griffin_lim_32"
    info = read_metadata(path)["info"]
    assert isinstance(info, dict) and info["software"].startswith("Kikimimi ")
    assert "no trained vocoder" in done.stderr and "3 sounds made into" in done.stderr
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    figures = {row[0]: row[1:] for row in rows if not row[0].endswith(".wav")}
    assert figures["mel MSE"][1:3] == [
        "3 sounds",
        "their originals, log-mel from silence to full scale",
    ]
    assert figures["diversity"][1] == "3 sounds"
    assert figures["diversity"][3].startswith("placeholder@")
    assert float(figures["log-spectral distance, dB"][0]) > 0


def test_seeds_decide_the_bytes(rain, sampler, tmp_path) -> None:
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        common = ("--generator", sampler, "--seed", seed, "--no-figures")
        generate("vary", rain, "-o", tmp_path / name, "--count", 1, *common)
        generate("sample", "-o", tmp_path / name, "--seconds", 0.5, "--class", "tone", *common)
    one, same = (
        [(tmp_path / name / file).read_bytes() for file in ("tone_1.wav", "雨 rain_vary_1.wav")]
        for name in ("one", "same")
    )
    assert one == same
    assert (tmp_path / "other" / "tone_2.wav").read_bytes() != one[0]
    # a call for several makes what calls for one each make
    call = ("sample", "--seconds", 0.5, "--class", "tone", "--generator", sampler, "--no-figures")
    generate(*call, "-o", tmp_path / "many", "--count", 2, "--seed", 0)
    assert (tmp_path / "many" / "tone_1.wav").read_bytes() == one[0]


def test_blend_goes_from_one_sound_to_the_other(rain, folders, tmp_path) -> None:
    other = folders["sounds"] / "tone" / "0.wav"
    done = generate(
        *("blend", rain, other, "-o", tmp_path / "out", "--steps", 3, "--json"),
        *("--generator", folders["autoencoder"], "--picture", tmp_path / "blend.png"),
    )
    assert (tmp_path / "blend.png").read_bytes().startswith(b"\x89PNG")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    shares = [record["parameters"]["share"] for record in records[:-1]]
    assert shares == [0, 0.5, 1]
    assert [record["seconds"] for record in records[:-1]] == pytest.approx(
        [0.7, 0.85, 1.0], abs=0.008
    )
    # the ends are reconstructions, which can be compared with the sounds
    assert ["figures" in record for record in records[:-1]] == [True, False, True]
    blend = records[-1]["figures"]["blend"]
    assert len(blend["to_first"]) == len(blend["to_second"]) == 3
    assert isinstance(blend["is_monotonic"], bool)
    assert records[-1]["figures"]["pairs"]["pairs"] == 2


def test_samples_are_compared_with_real_sounds_of_their_class(folders, tmp_path) -> None:
    done = generate(
        *("sample", "--class", "Tone", "--count", 2, "--seconds", 0.5, "-o", tmp_path / "out"),
        *("--generator", folders["vae"], "--reference", folders["sounds"], "--json"),
    )
    figures = json.loads(done.stdout.splitlines()[-1])["figures"]
    against = figures["against"]
    assert against["reference"] == "sounds, class tone" or "class tone" in against["reference"]
    assert (against["reference_sounds"], against["made_sounds"]) == (5, 2)
    assert against["fad"] > 0 and np.isfinite(against["kad"]) and against["fad_infinity"] is None
    assert "far too high" in done.stderr
    assert figures["spread"]["diversity"] == pytest.approx(against["diversity"])


def test_samples_are_as_long_as_asked_for(folders, tmp_path) -> None:
    call = ("sample", "--seconds", 7.3, "-o", tmp_path, "--generator", folders["vae"])
    generate(*call, "--no-figures")
    assert soundfile.info(tmp_path / "sample_0.wav").frames == round(7.3 * RATE_HZ)


def test_a_loop_has_no_seam(folders, tmp_path) -> None:
    """The step from the last sample to the first is like the steps within."""
    call = ("sample", "--class", "tone", "--seconds", 1, "--generator", folders["vae"])
    generate(*call, "--loop", "-o", tmp_path, "--no-figures")
    samples = read_clip(tmp_path / "tone_0.wav").samples[0]
    assert len(samples) == pytest.approx(RATE_HZ, abs=512)
    steps = np.abs(np.diff(samples))
    assert abs(samples[0] - samples[-1]) <= np.quantile(steps, 0.999)
    assert read_parameters(tmp_path / "tone_0.wav")["loop"] is True


def test_folders_are_reconstructed_and_bad_files_named(rain, folders, tmp_path) -> None:
    place = tmp_path / "place"
    (place / "day").mkdir(parents=True)
    shutil.copy(rain, place / "day" / "a.wav")
    bad = {
        "silent.wav": np.zeros(RATE_HZ),
        "one.wav": np.full(1, 0.5),
        "nan.wav": np.array([0.1, np.nan] * RATE_HZ),
    }
    for name, samples in bad.items():
        soundfile.write(place / name, samples, RATE_HZ, subtype="FLOAT")
    (place / "text.wav").write_text("no sound")
    eight = np.random.default_rng(0).uniform(-0.1, 0.1, (RATE_HZ, 8))
    soundfile.write(place / "eight.wav", eight, 2 * RATE_HZ)
    out = tmp_path / "out"
    call = ("reconstruct", place, "-o", out, "--generator", folders["vae"])
    done = generate(*call, expect=1)
    assert names_in(out) == ["day", "eight_reconstructed.wav"]
    assert names_in(out / "day") == ["a_reconstructed.wav"]
    assert soundfile.info(out / "eight_reconstructed.wav").channels == 1
    assert "eight.wav: its 8 channels were mixed down to one" in done.stderr
    assert "what lies above 8 kHz was left out" in done.stderr
    assert "silent.wav: is silent" in done.stderr
    assert "one.wav: holds 1 sample" in done.stderr
    assert "nan.wav: holds NaN" in done.stderr
    assert "text.wav: " in done.stderr and "Traceback" not in done.output


def test_files_that_are_there_are_kept(rain, folders, tmp_path) -> None:
    out = tmp_path / "out"
    call = ("vary", rain, "-o", out, "--generator", folders["vae"], "--count", 1)
    generate(*call, "--no-figures")
    before = (out / "雨 rain_vary_0.wav").read_bytes()
    refused(*call, message="exists already")
    refused(*call, "--overwrite", "--amount", 0.9, "--vocoder", "grifin", message="no vocoder")
    assert (out / "雨 rain_vary_0.wav").read_bytes() == before
    generate(*call, "--overwrite", "--amount", 0.9, "--no-figures")
    assert (out / "雨 rain_vary_0.wav").read_bytes() != before
    # an input is not written over even then
    source = out / "雨 rain_vary_0.wav"
    flow = ("--generator", folders["flow"], "--overwrite", "--seconds", 0.5)
    (out / "like_雨_rain_vary_0_0.wav").hardlink_to(source)
    refused("sample", "--like", source, "-o", out, *flow, message="never written over")


def test_a_full_disk_leaves_no_half_file(folders, tmp_path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    call = ("sample", "--seconds", 5, "-o", out, "--generator", folders["vae"], "--no-figures")
    with disk_of(100_000):
        done = generate(*call, expect=1)
    assert names_in(out) == [] and "sample_0.wav: cannot be written" in done.stderr


def test_wrong_calls_are_refused_in_one_line(rain, folders, tmp_path) -> None:
    out = tmp_path / "out"
    vae, auto = folders["vae"], folders["autoencoder"]
    refused("vary", rain, "-o", out, "--generator", auto, message="train generate_flow")
    sample = ("sample", "-o", out, "--generator", vae)
    refused(*sample, "--class", "tome", message="did you mean 'tone'?")
    refused(*sample, "--seconds", 0.4, message="give 0.5 to 60 s")
    refused(*sample, "--picture", "x.pdf", message="must end in .png, .svg")
    refused(*sample, "--text", "rain", message="knows no words")
    refused(*sample, "--text", "x" * 501, message="501 characters")
    refused(*sample, "--class", "tone", "--text", "rain", message="one of label, text and sound")
    refused("sample", "-o", out, "--generator", "kikimini", message="kikimimi train generate_vae")
    refused("sample", "-o", out, "--generator", tmp_path, message="there is no generator")
    broken = tmp_path / "broken"
    shutil.copytree(vae, broken)
    (broken / "model.safetensors").unlink()
    refused("sample", "-o", out, "--generator", broken, message="cannot be read")
    assert not out.exists()


def test_without_shipped_weights_the_error_tells_how_to_train(rain, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("kikimimi.generation.registry._SHIPPED", tmp_path / "nothing")
    refused("vary", rain, "-o", tmp_path / "out", message="kikimimi train generate_vae --data")


def test_generators_of_the_package_are_found_by_name(folders, tmp_path, monkeypatch) -> None:
    shipped = tmp_path / "shipped"
    shutil.copytree(folders["vae"], shipped / "kikimimi-generator")
    monkeypatch.setattr("kikimimi.generation.registry._SHIPPED", shipped)
    call = ("sample", "--seconds", 0.5, "-o", tmp_path / "out", "--no-figures")
    generate(*call)
    refused(*call, "--generator", "kikimimi-genarator", message="did you mean 'kikimimi-generator'")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sea_waves", "sea_waves"),
        ("Sea Waves", "sea_waves"),
        ("雨", "rain"),
        ("おんどり", "rooster"),
        ("unheard of", "unheard of"),
    ],
)
def test_classes_are_known_in_both_languages(text, expected) -> None:
    assert class_named(text, ("rain", "rooster", "sea_waves")) == expected


def test_as_a_process(rain, folders, tmp_path) -> None:
    """Messages go to standard error, JSON lines to standard output, and the status is right."""
    call = [sys.executable, "-m", "kikimimi", "generate", "vary", str(rain), "-o", "out", "--json"]
    done = subprocess.run(
        [*call, "--count", "1", "--generator", str(folders["vae"]), "--no-figures"],
        capture_output=True, text=True, encoding="utf-8", cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.returncode == 0 and json.loads(done.stdout)["seconds"] == pytest.approx(0.7)
    assert (tmp_path / "out" / "雨 rain_vary_0.wav").is_file()
