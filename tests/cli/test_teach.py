"""`kikimimi teach` as a user types it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from kikimimi.cli.app import app
from kikimimi.cli.verbs.teach import _repeated
from kikimimi.errors import KikimimiError
from kikimimi.library.library import Library

Call = Callable[..., Any]


def _lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def call(tmp_path: Path) -> Call:
    """Run `kikimimi ARGUMENTS` in this process; the exception of a wrong call is in the result."""
    variables = {"KIKIMIMI_LIBRARY": str(tmp_path / "test.kikimimi"), "LANG": "C.UTF-8"}
    return lambda *arguments: CliRunner(env=variables).invoke(app(), list(map(str, arguments)))


@pytest.fixture
def indexed(tmp_path: Path) -> Path:
    """A library of 12 high and 12 low tones by the placeholder encoder."""
    folder = tmp_path / "音"
    folder.mkdir()
    generator = np.random.default_rng(0)
    for kind, pitch_hz in (("高い", 3000), ("low", 150)):
        for take in range(12):
            time_s = np.arange(16000) / 16000
            tone = 0.4 * np.sin(2 * np.pi * pitch_hz * generator.uniform(0.95, 1.05) * time_s)
            samples = tone + 0.002 * generator.standard_normal(len(time_s))
            soundfile.write(folder / f"{kind} {take}.wav", samples, 16000)
    with Library(tmp_path / "test.kikimimi", encoder="placeholder") as library:
        library.index([folder], workers=1)
    return folder


def test_teach_correct_search_and_forget(call: Call, indexed: Path, tmp_path: Path) -> None:
    done = call("teach", "高音", indexed / "高い 0.wav", indexed / "高い 1.wav", "--json")
    (summary,) = _lines(done.stdout)
    assert done.exit_code == 0
    assert (summary["name"], summary["examples"]) == ("高音", 2)
    assert summary["tagged"] == summary["added"] >= 6
    assert all("高い" in best["path"] for best in summary["best"])

    hits = _lines(call("search", "--tag", "高音", "--limit", 99, "--json").stdout)
    assert len(hits) == summary["tagged"]
    taught = [tag for tag in hits[0]["tags"] if tag["name"] == "高音"]
    assert taught[0]["source"] == "taught"
    assert "高音 (taught, " in call("search", "--tag", "高音").stdout

    shown = _lines(call("teach", "高音", "--review", "-n", 3, "--json").stdout)
    assert len(shown) == 3
    corrected = call("teach", "高音", "--not", indexed / "low 3.wav", indexed / "low 4.wav")
    assert corrected.exit_code == 0
    assert "2 examples and 2 counter-examples" in corrected.stderr
    call("tag", indexed / "高い 1.wav", "--remove", "高音")
    (tag,) = _lines(call("teach", "--list", "--json").stdout)
    assert (tag["examples"], tag["counter_examples"]) == (1, 3)

    assert call("teach", "高音", "--export", tmp_path / "t.json").exit_code == 0
    assert call("teach", "高音", "--forget").exit_code == 0
    assert call("teach", "--list").stdout == ""
    assert call("teach", "--import", tmp_path / "t.json", "--json").exit_code == 0
    assert "高音\t1\t3\t" in call("teach", "--list").stdout


def test_one_bad_example_is_named_with_status_one(call: Call, indexed: Path) -> None:
    done = call("teach", "x", indexed / "low 0.wav", "absent.wav")
    assert done.exit_code == 1
    assert len([line for line in done.stderr.splitlines() if "absent.wav" in line]) == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "which tag"),
        (("x", "--list"), "leave the name out"),
        (("x", "a.wav", "--review"), "one of --list"),
        (("x", "--review"), "teach --list"),
        (("x",), "no example"),
        (("x", "absent.wav"), "absent.wav"),
        (("x", "99"), "99"),
        (("x", "--not", "1"), "no example"),
        (("x", "1", "--not", "1"), "same sound"),
        (("esc50/dog", "1"), "automatic tag"),
        (("--import", "absent.json"), "absent.json"),
        (("--export", "tags.txt"), ".json"),
    ],
)
def test_wrong_calls(call: Call, indexed: Path, arguments: tuple[str, ...], message: str) -> None:
    error = call("teach", *arguments).exception
    assert isinstance(error, KikimimiError)
    assert message in str(error)
    assert "\n" not in str(error)


def test_without_a_library_it_is_one_line_and_status_two(run) -> None:
    done = run("teach", "x", "a.wav")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "test.kikimimi" in line


def test_options_take_several_sounds() -> None:
    given = ["x", "a", "--not", "b", "c", "--json", "--yes", "d", "--", "--not", "e", "f"]
    assert _repeated(given) == [
        *("x", "a", "--not", "b", "--not", "c", "--json", "--yes", "d"),
        *("--", "--not", "e", "f"),
    ]
    assert _repeated(["x", "--limit", "3", "a"]) == ["x", "--limit", "3", "a"]
