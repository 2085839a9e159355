"""Fetching weights: resumed, checked, never half written."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from far_side import FarSide, far_side

from kikimimi.encoders.published.fetching import fetch
from kikimimi.encoders.published.source import WeightsSource
from kikimimi.errors import EncoderError

CONTENT = bytes(range(256)) * 4000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def server() -> Iterator[FarSide]:
    with far_side(CONTENT) as state:
        yield state


def source(server: FarSide, **facts) -> WeightsSource:
    return WeightsSource(url=server.url, file_name="weights.pth", **facts)


def test_a_file_is_fetched_once_and_its_digest_recorded(server, tmp_path) -> None:
    seen: list[tuple[int, int | None]] = []
    folder = tmp_path / "new" / "folder"
    path = fetch(source(server), folder, progress=lambda *step: seen.append(step))
    assert path.read_bytes() == CONTENT
    assert (folder / "weights.pth.sha256").read_text() == f"{SHA256}  weights.pth\n"
    assert seen[0] == (0, len(CONTENT))
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert sorted(p.name for p in folder.iterdir()) == ["weights.pth", "weights.pth.sha256"]
    fetch(source(server), folder)
    assert len(server.ranges) == 1


def test_a_broken_connection_is_taken_up_where_it_broke(server, tmp_path) -> None:
    server.break_after = [300_000, 200_000]
    assert fetch(source(server), tmp_path).read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=300000-", "bytes=500000-"]


def test_a_fetch_that_was_given_up_goes_on_at_the_next_call(server, tmp_path) -> None:
    server.break_after = [100_000] * 4
    with pytest.raises(EncoderError, match="400,000 bytes are kept: try again") as caught:
        fetch(source(server), tmp_path)
    assert "\n" not in str(caught.value)
    assert server.url in str(caught.value)
    assert not (tmp_path / "weights.pth").exists()
    assert fetch(source(server), tmp_path).read_bytes() == CONTENT
    assert server.ranges[-1] == "bytes=400000-"


def test_a_far_side_that_cannot_resume_is_asked_for_everything(server, tmp_path) -> None:
    server.break_after = [300_000]
    server.can_resume = False
    assert fetch(source(server), tmp_path).read_bytes() == CONTENT


def test_a_far_side_that_names_no_version_is_asked_for_everything(server, tmp_path) -> None:
    server.break_after = [300_000]
    server.version = ""
    assert fetch(source(server), tmp_path).read_bytes() == CONTENT
    assert server.ranges == [None, None]


def test_a_file_that_changed_meanwhile_is_fetched_from_its_start(server, tmp_path) -> None:
    server.break_after = [100_000] * 4
    with pytest.raises(EncoderError):
        fetch(source(server), tmp_path)
    server.content, server.version = CONTENT[::-1], '"two"'
    assert fetch(source(server), tmp_path).read_bytes() == CONTENT[::-1]


def test_a_complete_part_needs_no_more_bytes(server, tmp_path) -> None:
    (tmp_path / "weights.pth.part").write_bytes(CONTENT)
    (tmp_path / "weights.pth.part.version").write_text(server.version)
    assert fetch(source(server), tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize(
    "facts",
    [
        {"sha256": SHA256, "size_bytes": len(CONTENT)},
        {"md5": hashlib.md5(CONTENT).hexdigest()},
    ],
)
def test_what_the_publisher_says_is_checked(server, tmp_path, facts) -> None:
    assert fetch(source(server, **facts), tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"sha256": "0" * 64}, "has SHA-256 .*, expected 000000000000"),
        ({"md5": "0" * 32}, "has MD5 .*, expected 000000000000"),
        ({"size_bytes": 7}, "has 1,024,000 bytes, expected 7"),
    ],
)
def test_another_file_is_refused_and_not_kept(server, tmp_path, facts, message) -> None:
    with pytest.raises(EncoderError, match=message) as caught:
        fetch(source(server, **facts), tmp_path)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_an_address_without_the_file_is_named(server, tmp_path) -> None:
    server.status = 404
    with pytest.raises(EncoderError, match=r"weights\.pth: answers 404 .* place it in"):
        fetch(source(server), tmp_path)
    assert len(server.ranges) == 1


def test_a_far_side_that_is_not_there_is_named(tmp_path) -> None:
    with far_side(CONTENT) as state:
        gone = source(state)
    with pytest.raises(EncoderError, match="cannot be fetched") as caught:
        fetch(gone, tmp_path)
    assert gone.url in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_a_folder_that_cannot_be_written_is_named(server, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EncoderError, match=r"file.*cannot be written"):
        fetch(source(server), tmp_path / "file")
