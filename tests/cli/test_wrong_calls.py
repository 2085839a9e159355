"""A wrong call ends with status 2 and one line that says what to do."""

from pathlib import Path

import pytest


def _one_line(done) -> str:
    assert done.returncode == 2, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("kikimimi: ")
    return lines[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("search", "rain"), "test.kikimimi"),
        (("search",), "nothing to search for"),
        (("search", "absent.wav"), "no sound file"),
        (("search", "x", "--metric", "manhattan"), "metric"),
        (("search", "x", "--duration", "long"), "duration"),
        (("search", "x", "--language", "fr"), "language"),
        (("index", "no such folder"), "no such folder"),
        (("embed", "a.wav", "-o", "out.txt"), ".npz"),
        (("embed", "a.wav", "-o", "absent/out.npz"), "folder does not exist"),
        (("embed", "a.wav", "-o", "out.npz", "--encoder", "kikimim"), "did you mean"),
        (("export", "-o", "out.csv"), "test.kikimimi"),
        (("playlist", "show", "x"), "test.kikimimi"),
    ],
)
def test_one_line_and_status_two(run, arguments: tuple[str, ...], message: str) -> None:
    assert message in _one_line(run(*arguments))


def test_an_unknown_option_is_status_two(run) -> None:
    assert run("search", "--nonsense").returncode == 2
    assert run("sing").returncode == 2


def test_a_foreign_library_file_is_refused(run, tmp_path: Path, sounds: Path) -> None:
    library = tmp_path / "test.kikimimi"
    library.write_bytes(b"precious data of another program")
    assert "test.kikimimi" in _one_line(run("index", sounds))
    assert library.read_bytes() == b"precious data of another program"


def test_another_encoder_is_refused(run, sounds: Path) -> None:
    run("index", sounds, "--encoder", "placeholder")
    assert "placeholder" in _one_line(run("index", sounds, "--encoder", "kikimimi"))


def test_no_output_after_a_closed_pipe_is_no_traceback(run, sounds: Path) -> None:
    run("index", sounds)
    assert "Traceback" not in run("search", "low", "--json").stderr
