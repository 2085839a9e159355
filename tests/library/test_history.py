"""Undo and redo of everything that users change."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from indexing_helpers import new_library, write_sound
from sqlalchemy import select

from kikimimi.errors import ChangedSinceError, QueryError
from kikimimi.library import schema
from kikimimi.library.journal import capture
from kikimimi.library.library import Library

TABLES = (
    schema.sounds,
    schema.windows,
    schema.sound_tags,
    schema.taught_tags,
    schema.taught_examples,
    schema.playlists,
    schema.playlist_items,
    schema.sound_measures,
)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    for seed in range(4):
        write_sound(tmp_path / "sounds" / f"take{seed}.wav", seed=3 * seed)
    with new_library(tmp_path) as made:
        made.index([tmp_path / "sounds"], workers=1)
        made.add_tag([1, 2], "mine")
        made.playlists.create("scene", [1, 2, 3])
        made.taught.teach("buzz", [1], unwanted=[2])
        yield made


def state(library: Library) -> dict[str, Any]:
    """All that users see of a library, names of tags without sounds left out."""
    with library.database.reading() as connection:
        rows = {
            table.name: sorted(map(tuple, connection.execute(select(table)))) for table in TABLES
        }
        words = connection.exec_driver_sql("SELECT rowid, * FROM words ORDER BY rowid").all()
    return {**rows, "words": words, "tags": {id: library.tags_of(id) for id in ids(library)}}


def ids(library: Library) -> list[int]:
    return [sound.id for sound in library.sounds()]


def lose(library: Library, *sound_ids: int) -> None:
    for sound in [library.sound(sound_id) for sound_id in sound_ids]:
        sound.path.unlink()
    library.index([library.path.parent / "sounds"], workers=1)


CHANGES: dict[str, Callable[[Library], Any]] = {
    "tag_added": lambda library: library.add_tag([1, 3], "new"),
    "tag_removed": lambda library: library.remove_tag([1, 2, 3], "placeholder/low"),
    "tag_accepted": lambda library: library.tag_changes.accept([1, 2], "placeholder/low"),
    "tag_rejected": lambda library: library.tag_changes.reject([1, 4], "mine"),
    "taught_corrected": lambda library: library.add_tag([3], "buzz"),
    "tag_taught": lambda library: library.taught.teach("hum", [3], unwanted=[1]),
    "tag_taught_more": lambda library: library.taught.teach("buzz", [3]),
    "tag_unlearned": lambda library: library.taught.forget("buzz"),
    "playlist_created": lambda library: library.playlists.create("other", [3, 3]),
    "playlist_renamed": lambda library: library.playlists.rename("scene", "場面"),
    "playlist_deleted": lambda library: library.playlists.delete("scene"),
    "playlist_extended": lambda library: library.playlists.add("scene", [4, 1], at=2),
    "playlist_shortened": lambda library: library.playlists.remove("scene", [1, 3]),
    "playlist_ordered": lambda library: library.playlists.move("scene", 3, 1),
    "items_set": lambda library: library.playlists.set_items("scene", [4]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_every_change_is_undone_and_done_again(
    library: Library, change: Callable[[Library], Any]
) -> None:
    before = state(library)
    change(library)
    after = state(library)
    assert after != before
    assert not library.history.undo().undone
    assert state(library) == before
    library.history.redo()
    assert state(library) == after
    library.history.undo()
    assert state(library) == before
    library.check()


def test_the_journal_outlives_the_program_and_goes_back_step_by_step(library: Library) -> None:
    states = [state(library)]
    for kind in ("tag_added", "taught_corrected", "playlist_shortened", "tag_unlearned"):
        CHANGES[kind](library)
        states.append(state(library))
    library.close()
    with Library(library.path) as again:
        for earlier in reversed(states[:-1]):
            again.history.undo()
            assert state(again) == earlier
        for later in states[1:]:
            again.history.redo()
            assert state(again) == later


def test_forgotten_sounds_come_back_with_all_that_was_said_of_them(library: Library) -> None:
    lose(library, 1, 3)
    before = state(library)
    assert library.missing_files.forget([1, 3]) == 2
    assert ids(library) == [2, 4]
    assert not library.search("buzz")
    library.history.undo()
    assert state(library) == before
    assert {hit.sound_id for hit in library.search(like=2)} == {4}
    library.history.redo()
    assert ids(library) == [2, 4]
    library.history.undo()
    assert library.purge() == 2
    library.history.undo()
    assert state(library) == before
    library.check()


def test_a_sound_that_is_located_keeps_its_tags(library: Library, tmp_path: Path) -> None:
    place = tmp_path / "elsewhere" / "moved.wav"
    place.parent.mkdir()
    place.write_bytes(library.sound(1).path.read_bytes())
    lose(library, 1)
    with pytest.raises(QueryError, match="bytes are others"):
        library.missing_files.locate(1, library.sound(2).path)
    with pytest.raises(QueryError, match="no file"):
        library.missing_files.locate(1, tmp_path / "nothing.wav")
    before = state(library)
    library.missing_files.locate(1, place)
    found = library.sound(1)
    assert (found.path, found.missing, found.name) == (place, False, "moved.wav")
    assert library.tags_of(1)[0].name == "mine"
    assert library.search("moved")[0].sound_id == 1
    library.history.undo()
    assert state(library) == before


def test_only_missing_sounds_are_forgotten(library: Library) -> None:
    with pytest.raises(QueryError, match="is there"):
        library.missing_files.forget([1])
    assert len(ids(library)) == 4


def test_what_somebody_changed_since_is_not_overwritten(library: Library) -> None:
    library.add_tag([1], "new")
    change = library.history.next_undo()
    assert change is not None
    library.remove_tag([1], "new")
    with pytest.raises(ChangedSinceError) as caught:
        library.history.undo(change.id)
    assert "\n" not in str(caught.value)
    assert "new" not in {tag.name for tag in library.tags_of(1)}
    library.history.undo()  # the removal
    assert "new" in {tag.name for tag in library.tags_of(1)}
    following = library.history.next_undo()
    assert following is not None
    assert following.id < change.id


def test_one_change_in_the_middle_is_undone_alone(library: Library) -> None:
    library.add_tag([1], "first")
    first = library.history.next_undo()
    assert first is not None
    library.add_tag([1], "second")
    library.history.undo(first.id)
    assert {tag.name for tag in library.tags_of(1)} >= {"second", "mine"}
    assert "first" not in {tag.name for tag in library.tags_of(1)}


def test_a_playlist_that_somebody_filled_is_not_undone_away(library: Library) -> None:
    library.playlists.create("other")
    made = library.history.next_undo()
    assert made is not None
    library.playlists.add("other", [1])
    with pytest.raises(ChangedSinceError):
        library.history.undo(made.id)
    assert library.playlists.names()["other"] == 1


def test_a_name_that_somebody_took_since_is_not_taken_back(library: Library) -> None:
    library.playlists.rename("scene", "old scene")
    renamed = library.history.next_undo()
    assert renamed is not None
    library.playlists.create("scene")
    with pytest.raises(ChangedSinceError):
        library.history.undo(renamed.id)
    assert library.playlists.names() == {"old scene": 3, "scene": 0}


def test_a_playlist_number_is_never_given_twice(library: Library) -> None:
    first = library.playlists.create("other")
    library.playlists.delete("other")
    assert library.playlists.create("another") > first


def test_nothing_to_undo_says_so(library: Library) -> None:
    for _ in range(3):
        library.history.undo()
    with pytest.raises(QueryError, match="nothing to undo"):
        library.history.undo()
    library.add_tag([1], "x")
    with pytest.raises(QueryError, match="nothing to redo"):
        library.history.redo()  # a new change ends what could be done again


def test_what_changes_nothing_and_what_indexing_does_are_not_in_the_journal(
    library: Library, tmp_path: Path
) -> None:
    before = [change.id for change in library.history.changes()]
    library.add_tag([1, 2], "mine")
    library.tag_changes.accept([3], "mine")
    write_sound(tmp_path / "sounds" / "late.wav", seed=20)
    library.index([tmp_path / "sounds"], workers=1)
    assert [change.id for change in library.history.changes()] == before


def test_a_failing_change_leaves_no_trace(library: Library) -> None:
    before = state(library), library.history.changes()
    with pytest.raises(QueryError):
        library.playlists.create("new", [1, 99])
    assert (state(library), library.history.changes()) == before


def test_the_journal_is_bounded(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "KEPT_CHANGES", 3)
    for name in "abcde":
        library.add_tag([1], name)
    assert [change.label.params["tag"] for change in library.history.changes()] == ["e", "d", "c"]


def test_a_change_too_large_to_keep_is_named_but_fixed(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture, "LARGEST_PACKED_BYTES", 10)
    library.add_tag([1], "new")
    newest = library.history.changes()[0]
    assert newest.fixed
    assert library.history.next_undo() != newest


def test_a_damaged_entry_is_an_error_of_one_line(library: Library) -> None:
    connection = sqlite3.connect(library.path)
    connection.execute("UPDATE journal SET images = X'00'")
    connection.commit()
    connection.close()
    before = state(library)
    with pytest.raises(Exception, match="damaged"):
        library.history.undo()
    assert state(library) == before


def test_the_revision_rises_with_every_change(library: Library) -> None:
    seen = [library.revision]
    for change in (
        lambda: library.add_tag([1], "x"),
        lambda: library.history.undo(),
        lambda: library.playlists.create("y"),
        lambda: library.taught.forget("buzz"),
    ):
        change()
        seen.append(library.revision)
    assert seen == sorted(set(seen))
