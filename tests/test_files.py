import stat
from pathlib import Path

import pytest

from kikimimi.files import draft_of


def test_the_draft_takes_the_place_of_the_target(tmp_path: Path) -> None:
    target = tmp_path / "結果.txt"
    target.write_text("old")
    with draft_of(target) as draft:
        draft.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_failed_block_leaves_the_target_alone(tmp_path: Path) -> None:
    target = tmp_path / "result.txt"
    target.write_text("old")
    with pytest.raises(RuntimeError), draft_of(target) as draft:
        draft.write_text("half")
        raise RuntimeError
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_others_may_read_what_was_written(tmp_path: Path) -> None:
    target = tmp_path / "result.txt"
    with draft_of(target) as draft:
        draft.write_text("new")
    other = tmp_path / "other.txt"
    other.touch()
    assert stat.S_IMODE(target.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)


def test_a_missing_folder_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError), draft_of(tmp_path / "absent" / "result.txt"):
        pass


def test_a_file_that_must_not_be_replaced_stays(tmp_path: Path) -> None:
    target = tmp_path / "result.txt"
    target.write_text("old")
    with pytest.raises(FileExistsError), draft_of(target, replace=False) as draft:
        draft.write_text("new")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_permissions_and_links_are_kept(tmp_path: Path) -> None:
    target, link = tmp_path / "result.txt", tmp_path / "link.txt"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    with draft_of(link) as draft:
        draft.write_text("new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
