"""Tags of users beside tags of the encoder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from indexing_helpers import contents, new_library, write_sound

from kikimimi.errors import QueryError
from kikimimi.library.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    for seed in range(3):
        write_sound(tmp_path / "sounds" / f"{seed}.wav", seed=seed)
    with new_library(tmp_path) as made:
        made.index([tmp_path / "sounds"])
        yield made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sounds" / "0.wav"


def tag_names(library: Library, path: Path) -> list[str]:
    return [tag.name for tag in library.tags_of(path)]


def found_by_word(library: Library, word: str) -> set[int]:
    with library.database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT rowid FROM words WHERE words MATCH ?", (word,))
        return set(rows.scalars())


def test_automatic_tags_carry_the_score_of_the_loudest_window(library: Library, path: Path) -> None:
    tags = library.tags_of(path)
    assert tags and all(tag.source == "auto" for tag in tags)
    assert all(0.1 <= tag.score <= 1 for tag in tags)
    assert [tag.score for tag in tags] == sorted((tag.score for tag in tags), reverse=True)


def test_a_user_tag_is_added_once_and_found_by_its_word(library: Library, path: Path) -> None:
    assert library.add_tag([path, path], "  thunder ") == 1
    assert library.add_tag([path], "thunder") == 0
    assert library.tags_of(path)[0].name == "thunder"
    assert library.tags_of(path)[0].score == 1
    assert library.tag_counts()["thunder"] == 1
    assert found_by_word(library, "thunder") == {library.sound(path).id}
    assert library.remove_tag([path], "thunder") == 1
    assert "thunder" not in tag_names(library, path)
    assert found_by_word(library, "thunder") == set()


def test_a_rejected_automatic_tag_does_not_come_back(library: Library, path: Path) -> None:
    name = library.tags_of(path)[0].name
    before = library.tag_counts()[name]
    assert library.remove_tag([path], name) == 1
    assert library.remove_tag([path], name) == 0
    assert name not in tag_names(library, path)
    assert library.tag_counts().get(name, 0) == before - 1
    write_sound(path, seed=0, seconds=0.6)
    assert library.index([path.parent]).updated == 1
    assert name not in tag_names(library, path)


def test_a_rejected_tag_can_be_given_again_by_hand(library: Library, path: Path) -> None:
    name = library.tags_of(path)[0].name
    library.remove_tag([path], name)
    assert library.add_tag([path], name) == 1
    (tag,) = [tag for tag in library.tags_of(path) if tag.name == name]
    assert tag.source == "user"


def test_a_tag_that_is_automatic_and_given_is_shown_once(library: Library, path: Path) -> None:
    name = library.tags_of(path)[0].name
    library.add_tag([path], name)
    assert tag_names(library, path).count(name) == 1
    library.remove_tag([path], name)
    assert name not in tag_names(library, path)


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "x" * 201])
def test_what_cannot_be_a_tag(library: Library, path: Path, name: str) -> None:
    before = contents(library)
    with pytest.raises(QueryError):
        library.add_tag([path], name)
    assert contents(library) == before


def test_unknown_sounds_and_tags_are_named_and_change_nothing(library: Library, path: Path) -> None:
    before = contents(library)
    with pytest.raises(QueryError, match="other"):
        library.add_tag([path, path.with_name("other.wav")], "thunder")
    with pytest.raises(QueryError, match="9999"):
        library.add_tag([9999], "thunder")
    with pytest.raises(QueryError, match="no sound has the tag"):
        library.remove_tag([path], "never given")
    assert contents(library) == before


def test_sounds_are_named_by_id_path_relative_path_or_link(
    library: Library, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = library.sound(path)
    link = path.parents[1] / "link.wav"
    link.symlink_to(path)
    monkeypatch.chdir(path.parent)
    assert {library.sound(name) for name in (sound.id, str(path), "0.wav", link)} == {sound}
