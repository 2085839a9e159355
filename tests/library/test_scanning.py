"""Walking folders: links, odd entries and things that cannot be read."""

import os
from pathlib import Path

from kikimimi.library.scanning import FileState, file_state, scan


def touch(path: Path, size: int = 3) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    return path


def found(*roots: Path) -> set[Path]:
    return {Path(os.fsdecode(path)) for path in scan(roots).files}


def test_sounds_are_found_in_every_folder_and_other_files_are_not(tmp_path: Path) -> None:
    first = touch(tmp_path / "a.wav", 5)
    second = touch(tmp_path / "b" / "c" / "雨 [1].FLAC")
    touch(tmp_path / "b" / "notes.txt")
    result = scan([tmp_path])
    assert {Path(os.fsdecode(path)) for path in result.files} == {first, second}
    assert result.files[os.fsencode(first)] == FileState(5, first.stat().st_mtime_ns)
    assert result.problems == []


def test_hidden_files_and_folders_are_passed_over_unless_named(tmp_path: Path) -> None:
    touch(tmp_path / "._a.wav")
    touch(tmp_path / ".trash" / "b.wav")
    assert found(tmp_path) == set()
    assert found(tmp_path / "._a.wav") == {tmp_path / "._a.wav"}


def test_a_named_file_is_taken_whatever_its_extension(tmp_path: Path) -> None:
    assert found(touch(tmp_path / "sound.dat")) == {tmp_path / "sound.dat"}


def test_overlapping_roots_give_each_file_once(tmp_path: Path) -> None:
    path = touch(tmp_path / "a" / "b.wav")
    assert found(tmp_path, tmp_path / "a", path) == {path}


def test_links_are_other_names_of_the_same_file(tmp_path: Path) -> None:
    path = touch(tmp_path / "real" / "a.wav")
    root = tmp_path / "root"
    root.mkdir()
    (root / "folder").symlink_to(tmp_path / "real")
    (root / "again").symlink_to(tmp_path / "real")
    (root / "file.wav").symlink_to(path)
    result = scan([root])
    assert set(result.files) == {os.fsencode(path)}
    assert result.problems == []
    assert result.covers(os.fsencode(tmp_path / "real" / "gone.wav"))


def test_hard_links_are_sounds_of_their_own(tmp_path: Path) -> None:
    path = touch(tmp_path / "a.wav")
    os.link(path, tmp_path / "b.wav")
    assert found(tmp_path) == {path, tmp_path / "b.wav"}


def test_link_loops_end_and_are_named(tmp_path: Path) -> None:
    path = touch(tmp_path / "a" / "x.wav")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    result = scan([tmp_path])
    assert set(result.files) == {os.fsencode(path)}
    assert {problem.path.name for problem in result.problems} == {"up", "self"}


def test_a_folder_named_like_a_sound_is_named_and_walked(tmp_path: Path) -> None:
    path = touch(tmp_path / "x.wav" / "y.wav")
    result = scan([tmp_path])
    assert set(result.files) == {os.fsencode(path)}
    assert [problem.path for problem in result.problems] == [tmp_path / "x.wav"]


def test_dead_links_and_pipes_are_named(tmp_path: Path) -> None:
    (tmp_path / "dead.wav").symlink_to(tmp_path / "nothing.wav")
    (tmp_path / "dead.txt").symlink_to(tmp_path / "nothing.txt")
    os.mkfifo(tmp_path / "pipe.wav")
    problems = scan([tmp_path]).problems
    assert {problem.path.name for problem in problems} == {"dead.wav", "pipe.wav"}


def test_a_root_that_is_not_there_is_a_problem_and_not_covered(tmp_path: Path) -> None:
    result = scan([tmp_path / "none"])
    assert [problem.path for problem in result.problems] == [tmp_path / "none"]
    assert not result.covers(os.fsencode(tmp_path / "none" / "a.wav"))


def test_names_that_are_not_utf8_and_names_with_newlines(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/\xff\xfe.wav"
    Path(os.fsdecode(raw)).write_bytes(b"x")
    line = touch(tmp_path / "two\nlines.wav")
    assert set(scan([tmp_path]).files) == {raw, os.fsencode(line)}


def test_the_state_of_what_is_no_file(tmp_path: Path) -> None:
    assert file_state(os.fsencode(tmp_path / "none.wav")) is None
    assert file_state(os.fsencode(tmp_path)) is None
