"""Playlists and what other programs get of them."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from indexing_helpers import new_library, write_sound

from kikimimi.errors import LibraryError, QueryError
from kikimimi.library.library import Library
from kikimimi.library.playlist_export import numbered_name

NAMES = ("rain.wav", "雨, 屋根.wav", 'quote".wav')


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    for seed, name in enumerate(NAMES):
        write_sound(tmp_path / "sounds" / name, seed=seed, seconds=1.6)
    with new_library(tmp_path) as made:
        made.index([tmp_path / "sounds"])
        made.playlists.create("scene 1")
        made.playlists.add("scene 1", [tmp_path / "sounds" / name for name in NAMES])
        yield made


def item_names(library: Library) -> list[str]:
    return [sound.path.name for sound in library.playlists.items("scene 1")]


def test_lists_are_made_renamed_and_deleted(library: Library) -> None:
    playlists = library.playlists
    playlists.create("場面 2")
    assert playlists.names() == {"scene 1": 3, "場面 2": 0}
    playlists.rename("scene 1", "opening")
    with pytest.raises(QueryError, match="already"):
        playlists.rename("opening", "場面 2")
    with pytest.raises(QueryError, match="already"):
        playlists.create("opening")
    playlists.delete("opening")
    assert playlists.names() == {"場面 2": 0}
    assert len(list(library.sounds())) == 3


@pytest.mark.parametrize("name", ["", " ", "two\nlines", "x" * 201])
def test_what_cannot_name_a_playlist(library: Library, name: str) -> None:
    with pytest.raises(QueryError, match="cannot name"):
        library.playlists.create(name)


def test_a_sound_may_stand_in_a_list_twice(library: Library) -> None:
    assert library.playlists.add("scene 1", [library.playlists.items("scene 1")[0].id]) == 4
    assert item_names(library) == [*NAMES, NAMES[0]]
    assert library.playlists.remove("scene 1", [1, 3]) == 2
    assert item_names(library) == [NAMES[1], NAMES[0]]


@pytest.mark.parametrize("position", [1, 2, 3])
@pytest.mark.parametrize("new_position", [1, 2, 3])
def test_an_item_is_moved_to_a_position(library: Library, position: int, new_position: int) -> None:
    library.playlists.move("scene 1", position, new_position)
    expected = list(NAMES)
    expected.insert(new_position - 1, expected.pop(position - 1))
    assert item_names(library) == expected


def test_positions_and_lists_that_do_not_exist(library: Library, tmp_path: Path) -> None:
    playlists = library.playlists
    for call in (
        lambda: playlists.remove("scene 1", [0]),
        lambda: playlists.remove("scene 1", [1, 4]),
        lambda: playlists.move("scene 1", 1, 4),
        lambda: playlists.items("none"),
        lambda: playlists.add("none", []),
        lambda: playlists.add("scene 1", [tmp_path / "none.wav"]),
        lambda: playlists.export("scene 1", tmp_path / "x", kind="pdf"),
    ):
        with pytest.raises(QueryError):
            call()
    assert item_names(library) == list(NAMES)


def test_purged_sounds_leave_their_lists(library: Library, tmp_path: Path) -> None:
    (tmp_path / "sounds" / NAMES[1]).unlink()
    library.index([tmp_path / "sounds"])
    assert [sound.missing for sound in library.playlists.items("scene 1")] == [False, True, False]
    library.purge()
    assert item_names(library) == [NAMES[0], NAMES[2]]
    library.playlists.move("scene 1", 2, 1)
    assert item_names(library) == [NAMES[2], NAMES[0]]


def test_m3u8_holds_durations_names_and_paths(library: Library, tmp_path: Path) -> None:
    target = tmp_path / "list.m3u8"
    assert library.playlists.export("scene 1", target, kind="m3u8") == []
    lines = target.read_bytes().decode("utf-8").split("\n")
    assert lines[:3] == ["#EXTM3U", "#EXTINF:2,rain.wav", str(tmp_path / "sounds" / "rain.wav")]
    assert lines[3] == "#EXTINF:2,雨, 屋根.wav"
    assert lines[-1] == ""


def test_paths_that_m3u_cannot_hold_are_named(library: Library, tmp_path: Path) -> None:
    odd = [write_sound(tmp_path / "sounds" / name, seed=8) for name in ("a\nb.wav", "\udcff.wav")]
    library.index([tmp_path / "sounds"])
    library.playlists.add("scene 1", odd)
    left_out = library.playlists.export("scene 1", tmp_path / "l.m3u8", kind="m3u8")
    assert [failure.path for failure in left_out] == odd
    assert len((tmp_path / "l.m3u8").read_text("utf-8").splitlines()) == 7


def test_csv_is_read_back_by_any_reader(library: Library, tmp_path: Path) -> None:
    library.add_tag([tmp_path / "sounds" / NAMES[1]], "雨")
    target = tmp_path / "list.csv"
    library.playlists.export("scene 1", target, kind="csv")
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["position"] for row in rows] == ["1", "2", "3"]
    assert [Path(row["path"]).name for row in rows] == list(NAMES)
    assert float(rows[0]["duration_s"]) == pytest.approx(1.6)
    assert rows[1]["tags"].split("; ")[0] == "雨"


def test_a_folder_of_numbered_copies(library: Library, tmp_path: Path) -> None:
    target = tmp_path / "out" / "copies"
    library.playlists.add("scene 1", [tmp_path / "sounds" / NAMES[0]])
    assert library.playlists.export("scene 1", target, kind="folder") == []
    numbered = [f"{place:03d} {name}" for place, name in enumerate([*NAMES, NAMES[0]], start=1)]
    assert sorted(path.name for path in target.iterdir()) == sorted(numbered)
    copy, source = target / numbered[0], tmp_path / "sounds" / NAMES[0]
    assert copy.read_bytes() == source.read_bytes()
    assert copy.stat().st_ino != source.stat().st_ino


def test_nothing_is_overwritten_unless_asked(library: Library, tmp_path: Path) -> None:
    for kind in ("m3u8", "csv"):
        target = tmp_path / f"list.{kind}"
        target.write_text("mine")
        with pytest.raises(LibraryError, match="overwrite"):
            library.playlists.export("scene 1", target, kind=kind)
        assert target.read_text() == "mine"
        library.playlists.export("scene 1", target, kind=kind, overwrite=True)
        assert target.read_text() != "mine"
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / "001 rain.wav").write_text("mine")
    left_out = library.playlists.export("scene 1", folder, kind="folder")
    assert [failure.path.name for failure in left_out] == ["rain.wav"]
    assert (folder / "001 rain.wav").read_text() == "mine"
    assert len(list(folder.iterdir())) == 3


def test_a_missing_file_is_named_and_the_others_are_copied(
    library: Library, tmp_path: Path
) -> None:
    (tmp_path / "sounds" / NAMES[0]).unlink()
    left_out = library.playlists.export("scene 1", tmp_path / "copies", kind="folder")
    assert [failure.path.name for failure in left_out] == [NAMES[0]]
    assert len(list((tmp_path / "copies").iterdir())) == 2


def test_a_target_that_cannot_be_written(library: Library, tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="cannot write"):
        library.playlists.export("scene 1", tmp_path / "none" / "l.csv", kind="csv")
    with pytest.raises(LibraryError, match="cannot write"):
        library.playlists.export("scene 1", library.path, kind="folder")


def _name_of_bytes(raw: bytes) -> str:
    """A file name as Python gives it, also for bytes that are not UTF-8."""
    return os.fsdecode(raw.translate(None, b"/\0"))


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=255)
    | st.binary(max_size=255).map(_name_of_bytes).filter(bool)
)
def test_numbered_names_fit_and_keep_their_extension(name: str) -> None:
    result = numbered_name(name + ".wav", "001 ")
    assert result.startswith("001 ") and result.endswith(".wav")
    assert len(os.fsencode(result)) <= 255
