"""`kikimimi distances` over tags, folders and a data set in the layout of ESC-50."""

import csv
import json
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import numpy as np
import pytest
from typer.testing import CliRunner

from kikimimi.audio.writing import write_wav
from kikimimi.cli.app import app
from kikimimi.datasets import esc50
from kikimimi.encoders.file_embedding import embed_file
from kikimimi.encoders.registry import load_encoder
from kikimimi.errors import KikimimiError
from kikimimi.library.library import Library
from kikimimi.metrics.distance_matrix import distance_matrix, measure_names
from kikimimi.types import Clip

PITCHES_HZ = {"low": 110, "lower": 100, "高い": 3000}
PLACEHOLDER = ("--encoder", "placeholder")


class Done(NamedTuple):
    """What a call came to, with the status that `kikimimi.cli.app.main` gives it."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """Call `kikimimi distances ARGUMENTS` in this process, which starts faster than another."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KIKIMIMI_LIBRARY", str(tmp_path / "test.kikimimi"))
    monkeypatch.setenv("LANG", "C.UTF-8")
    command = app()

    def distances(*arguments: object, **environment: str) -> Done:
        result = CliRunner().invoke(command, ["distances", *map(str, arguments)], env=environment)
        if isinstance(result.exception, KikimimiError):
            return Done(2, result.stdout, f"kikimimi: {result.exception}\n")
        if not isinstance(result.exception, SystemExit | None):
            raise result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    return distances


def write_tone(path: Path, pitch_hz: float, seed: int) -> Path:
    generator = np.random.default_rng(seed)
    time_s = np.arange(8000) / 16000
    tone = 0.5 * np.sin(2 * np.pi * pitch_hz * time_s)
    samples = tone + 0.01 * generator.standard_normal(len(tone))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_wav(path, Clip(samples[None].astype(np.float32), 16000))
    return path


@pytest.fixture
def kinds(tmp_path: Path) -> Path:
    """Three folders of three sounds each, and an empty hidden one."""
    folder = tmp_path / "kinds"
    for seed, (name, pitch_hz) in enumerate(PITCHES_HZ.items()):
        for take in range(3):
            write_tone(folder / name / f"{take}.wav", pitch_hz, 10 * seed + take)
    (folder / ".hidden").mkdir()
    return folder


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def one_line(done) -> str:
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize("measure", ["frechet", "mmd"])
def test_folders_to_every_output(call, kinds: Path, tmp_path: Path, measure: str) -> None:
    outputs = {name: tmp_path / name for name in ("m.csv", "m.svg", "tree.png")}
    done = call(
        *("--data", kinds, *PLACEHOLDER, "--measure", measure, "--json"),
        *("--csv", outputs["m.csv"], "--picture", outputs["m.svg"]),
        *("--dendrogram", outputs["tree.png"]),
    )
    assert done.returncode == 0, done.stderr
    encoder = load_encoder("placeholder")
    clouds = [
        np.stack([embed_file(p, encoder).vectors.mean(0) for p in sorted((kinds / name).iterdir())])
        for name in PITCHES_HZ
    ]
    expected = distance_matrix(clouds, name=measure)

    *pairs, summary = lines(done.stdout)
    assert (pairs[0]["first"], pairs[0]["second"]) == ("low", "lower")
    assert [pair["distance"] for pair in pairs] == sorted(pair["distance"] for pair in pairs)
    found = {frozenset((pair["first"], pair["second"])): pair["distance"] for pair in pairs}
    for (i, first), (j, second) in combinations(enumerate(PITCHES_HZ), 2):
        assert found[frozenset((first, second))] == pytest.approx(expected[i, j], abs=1e-5)
    assert summary["sounds"] == dict.fromkeys(PITCHES_HZ, 3)
    assert summary["measure"] == measure
    assert summary["agreement"] == {}

    head, *rows = csv.reader(outputs["m.csv"].open(encoding="utf-8"))
    assert head == [measure, *PITCHES_HZ]
    assert [row[0] for row in rows] == list(PITCHES_HZ)
    np.testing.assert_allclose([[float(v) for v in row[1:]] for row in rows], expected, rtol=1e-6)
    assert "low" in "".join(ElementTree.parse(outputs["m.svg"]).getroot().itertext())
    assert outputs["tree.png"].read_bytes().startswith(b"\x89PNG")


def test_tags_of_a_library(call, kinds: Path) -> None:
    with Library(kinds.parent / "test.kikimimi", encoder="placeholder") as library:
        library.index([kinds], workers=1)
        for name in PITCHES_HZ:
            library.add_tag((kinds / name).iterdir(), name)
        library.add_tag([kinds / "low" / "0.wav"], "alone")

    named = call("--tags", 'lower, "高い"', "--json")
    assert named.returncode == 0, named.stderr
    assert [(p["first"], p["second"]) for p in lines(named.stdout)[:-1]] == [("lower", "高い")]

    frequent = call("--min-score", 1)
    assert frequent.returncode == 0  # the tag of one sound was not asked for
    table = [line.split("\t") for line in frequent.stdout.splitlines()]
    assert [row[0] for row in table] == ["1", "2", "3"]
    assert table[0][2:] == ["low", "lower"]
    assert "3 kinds of 3 sounds, Fréchet distance" in frequent.stderr

    single = call("--tags", "low,高い,alone")
    assert single.returncode == 1
    assert "alone: left out: has 1 of the 2" in single.stderr
    assert len(single.stdout.splitlines()) == 1
    assert call("--tags", "low,alone", "--measure", "energy").returncode == 0

    assert "did you mean 'lower'" in one_line(call("--tags", "lowerr,low"))
    assert "needs two" in call("--tags", "low,alone").stderr
    assert "no name" in one_line(call("--tags", ","))
    assert "leave --encoder out" in one_line(call(*PLACEHOLDER))


def test_tags_of_one_name_are_told_apart(call, kinds: Path) -> None:
    with Library(kinds.parent / "test.kikimimi", encoder="placeholder") as library:
        library.index([kinds], workers=1)
        library.add_tag((kinds / "low").iterdir(), "esc50/rain")
        library.add_tag((kinds / "高い").iterdir(), "audioset/Rain")
    for language, name in (("en", "rain"), ("ja", "雨")):
        table = call("--min-score", 1, "--language", language).stdout
        assert f"{name} (esc50)".lower() in table.lower()
        assert f"{name} (audioset)".lower() in table.lower()


def test_a_class_with_a_bad_sound_and_one_with_a_single_sound(call, kinds: Path) -> None:
    (kinds / "low" / "text.wav").write_text("no sound")
    write_tone(kinds / "one" / "0.wav", 500, 0)
    done = call("--data", kinds, *PLACEHOLDER, "--json")
    assert done.returncode == 1
    assert len([line for line in done.stderr.splitlines() if "text.wav" in line]) == 1
    assert "one: left out: has 1 of the 2 sounds that frechet needs" in done.stderr
    *pairs, summary = lines(done.stdout)
    assert len(pairs) == 3
    assert summary["sounds"]["low"] == 3


def test_agreement_of_esc50(call, tmp_path: Path) -> None:
    categories = ("dog", "cat", "rain", "wind")
    rows = ["filename,fold,target,category,esc10,src_file,take"]
    for number, category in enumerate(categories):
        target = esc50.CATEGORIES.index(category)
        for take in "AB":
            name = f"1-{number}-{take}-{target}.wav"
            write_tone(tmp_path / "esc" / "audio" / name, 2000 if number < 2 else 200, number)
            rows.append(f"{name},1,{target},{category},False,{number},{take}")
    (tmp_path / "esc" / "meta").mkdir()
    (tmp_path / "esc" / "meta" / "esc50.csv").write_text("\n".join(rows))
    arguments = ("--data", f"esc50:{tmp_path / 'esc'}", *PLACEHOLDER)
    figures = lines(call(*arguments, "--measure", "energy", "--json").stdout)[-1]["agreement"]
    assert set(figures) == {"nearest", "map", "purity", "rand"}
    assert all(figure["value"] == 1 for figure in figures.values())
    assert figures["nearest"]["chance"] == pytest.approx(1 / 3, abs=0.05)

    japanese = call(*arguments, "--picture", tmp_path / "m.svg", "--language", "ja")
    assert "犬" in japanese.stdout
    assert "purity" in japanese.stdout
    drawn = "".join(ElementTree.parse(tmp_path / "m.svg").getroot().itertext())
    assert "犬" in drawn or ("dog" in drawn and "no installed font has Japanese" in japanese.stderr)
    assert "missing from" not in japanese.stderr  # Matplotlib's warning of each such character


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--measure", "frecht"), "did you mean 'frechet'"),
        (("--csv", "m.txt"), ".csv"),
        (("--picture", "m.jpg"), ".png, .svg"),
        (("--picture", "absent/m.png"), "folder does not exist"),
        (("--data", "absent"), "absent: cannot be opened"),
        (("--data", "esc5:absent"), "esc50:FOLDER"),
        (("--data", "."), "no sub-folders"),
        (("--data", ".", "--tags", "dog"), "--tags"),
        (("--data", "esc50:."), "meta"),
        ((), "test.kikimimi"),
    ],
)
def test_wrong_calls(call, arguments: tuple[str, ...], message: str) -> None:
    assert message in one_line(call(*arguments))


def test_help_names_every_measure(call) -> None:
    done = call("--help", COLUMNS="200")
    assert "Example" in done.stdout
    assert all(name in done.stdout for name in measure_names())
