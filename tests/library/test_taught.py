"""Tags taught by examples: what sounds get them, what survives, what is refused."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from indexing_helpers import new_library

from kikimimi.errors import LibraryError, QueryError
from kikimimi.library import schema
from kikimimi.library.library import Library
from kikimimi.library.query import Filters

RATE_HZ = 16000
KINDS = ("hum", "hiss", "buzz")
OLD_LIBRARY = Path(__file__).with_name("library_schema_1.sql")


def write_kind(path: Path, kind: str, seed: int, *, seconds: float = 1.0) -> Path:
    """A low hum, a hiss or a buzz; a little different from seed to seed."""
    generator = np.random.default_rng((KINDS.index(kind), seed))
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    noise = generator.standard_normal(len(time_s))
    pitch_hz = generator.uniform(0.9, 1.1) * {"hum": 150, "hiss": 1, "buzz": 2500}[kind]
    level = {"hum": 0.001, "hiss": 0.2, "buzz": 0.001}[kind] * generator.uniform(0.8, 1.2)
    tone = 0.0 if kind == "hiss" else 0.4
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = tone * np.sin(2 * np.pi * pitch_hz * time_s) + level * noise
    soundfile.write(os.fsencode(path), samples.astype(np.float32), RATE_HZ, format="WAV")
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("taught")
    for kind in KINDS:
        for seed in range(8 if kind == "buzz" else 30):
            write_kind(folder / "sounds" / f"{kind} {seed}.wav", kind, seed)
    with new_library(folder) as library:
        library.index([folder / "sounds"], workers=1)
    return folder


@pytest.fixture
def library(made: Path, tmp_path: Path) -> Iterator[Library]:
    """A copy of a library of 30 hums, 30 hisses and 8 buzzes, 0 to 7."""
    source = sqlite3.connect(made / "library.kikimimi")
    target = sqlite3.connect(tmp_path / "library.kikimimi")
    source.backup(target)
    source.close()
    target.close()
    with new_library(tmp_path) as opened:
        yield opened


@pytest.fixture
def sounds(made: Path) -> Path:
    return made / "sounds"


def tagged(library: Library, name: str) -> set[str]:
    """File names of the sounds that a search by the tag finds."""
    hits = library.search(filters=Filters(tags=(name,)), limit=1000)
    return {hit.path.name for hit in hits}


BUZZES = {f"buzz {seed}.wav" for seed in range(8)}


def test_a_few_examples_tag_the_whole_library(library: Library, sounds: Path) -> None:
    report = library.taught.teach("ブザー音", [sounds / "buzz 0.wav", sounds / "buzz 1.wav"])
    found = tagged(library, "ブザー音")
    assert {"buzz 0.wav", "buzz 1.wav"} <= found <= BUZZES
    assert len(found) >= 6
    assert report.tag.tagged == report.added == len(found)
    assert {hit.path.name for hit in library.search("ブザー")} == found


def test_one_example_outside_the_library_is_enough(library: Library, tmp_path: Path) -> None:
    outside = write_kind(tmp_path / "other" / "mine.wav", "buzz", 99)
    library.taught.teach("buzzer", [outside])
    assert tagged(library, "buzzer") <= BUZZES
    assert len(tagged(library, "buzzer")) >= 4
    outside.unlink()
    library.taught.teach("buzzer", [1])  # its vectors were kept
    assert library.taught.list()[0].examples == 2


def test_taught_tags_are_told_apart(library: Library, sounds: Path) -> None:
    library.add_tag([sounds / "buzz 0.wav"], "by hand")
    library.taught.teach("buzzer", [sounds / "buzz 0.wav", sounds / "buzz 1.wav"])
    (hit,) = [
        hit
        for hit in library.search(filters=Filters(tags=("buzzer",)), limit=99)
        if hit.path.name == "buzz 0.wav"
    ]
    sources = {tag.name: tag.source for tag in hit.tags}
    assert (sources["by hand"], sources["buzzer"]) == ("user", "taught")
    assert "auto" in sources.values()
    assert [tag.source for tag in library.tags_of(hit.path)] == [tag.source for tag in hit.tags]


def test_judged_sounds_keep_to_the_judgement(library: Library, sounds: Path) -> None:
    wanted = [sounds / "buzz 0.wav", sounds / "hum 0.wav"]
    library.taught.teach("odd", wanted, unwanted=[sounds / "buzz 1.wav"])
    assert {"buzz 0.wav", "hum 0.wav"} <= tagged(library, "odd")
    assert "buzz 1.wav" not in tagged(library, "odd")
    library.taught.teach("odd", [sounds / "buzz 1.wav"])  # the last judgement counts
    assert "buzz 1.wav" in tagged(library, "odd")
    (tag,) = library.taught.list()
    assert (tag.examples, tag.counter_examples) == (3, 0)


def test_a_tag_taken_by_hand_is_a_counter_example(library: Library, sounds: Path) -> None:
    library.taught.teach("buzzer", [sounds / "buzz 0.wav", sounds / "buzz 1.wav"])
    library.remove_tag([sounds / "buzz 1.wav"], "buzzer")
    (tag,) = library.taught.list()
    assert (tag.examples, tag.counter_examples) == (1, 1)
    assert "buzz 1.wav" not in tagged(library, "buzzer")
    library.add_tag([sounds / "buzz 2.wav"], "buzzer")
    assert library.taught.list()[0].examples == 2
    library.remove_tag([sounds / "buzz 0.wav", sounds / "buzz 2.wav"], "buzzer")
    assert tagged(library, "buzzer") == set()
    with pytest.raises(QueryError, match="no example"):
        library.taught.review("buzzer")


def test_tags_by_hand_are_the_first_examples_and_stay(library: Library, sounds: Path) -> None:
    library.add_tag([sounds / "buzz 0.wav", sounds / "buzz 1.wav"], "buzzer")
    assert library.taught.teach("buzzer").tag.examples == 2
    assert len(tagged(library, "buzzer")) >= 6
    assert library.tags_of(sounds / "buzz 0.wav")[0].source == "user"
    library.taught.forget("buzzer")
    assert library.taught.list() == []
    assert tagged(library, "buzzer") == {"buzz 0.wav", "buzz 1.wav"}


def test_forgetting_leaves_nothing(library: Library, sounds: Path) -> None:
    library.taught.teach("buzzer", [sounds / "buzz 0.wav"])
    assert library.taught.forget("buzzer") > 0
    assert library.search("buzzer") == []
    assert "buzzer" not in library.tag_counts()
    with pytest.raises(QueryError, match="teach --list"):
        library.taught.forget("buzzer")


def test_a_review_shows_unjudged_sounds_most_uncertain_first(
    library: Library, sounds: Path
) -> None:
    library.taught.teach("buzzer", [sounds / "buzz 0.wav"], unwanted=[sounds / "hum 1.wav"])
    shown = library.taught.review("buzzer", limit=20)
    doubts = [abs(each.score - 0.5) for each in shown]
    assert doubts == sorted(doubts)
    assert {"buzz 0.wav", "hum 1.wav"}.isdisjoint(each.sound.path.name for each in shown)


def test_new_changed_moved_and_copied_sounds(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    for kind in KINDS:
        for seed in range(12):
            write_kind(folder / f"{kind} {seed}.wav", kind, seed)
    with new_library(tmp_path) as library:
        library.index([folder], workers=1)
        library.taught.teach(
            "buzzer",
            [folder / "buzz 0.wav", folder / "buzz 1.wav"],
            unwanted=[folder / "hum 0.wav"],
        )
        before = tagged(library, "buzzer")
        new = write_kind(folder / "new.wav", "buzz", 77)
        long = write_kind(folder / "long.wav", "hum", 78, seconds=6)
        samples = np.concatenate([soundfile.read(long)[0], soundfile.read(new)[0]])
        soundfile.write(folder / "late.wav", samples, RATE_HZ)
        (folder / "buzz 0.wav").rename(folder / "moved.wav")
        (folder / "copy.wav").write_bytes((folder / "buzz 1.wav").read_bytes())
        write_kind(folder / "hiss 3.wav", "buzz", 5, seconds=1.1)
        write_kind(folder / "buzz 5.wav", "hiss", 50)
        library.index([folder], workers=1)
        after = tagged(library, "buzzer")
        assert {"new.wav", "late.wav", "moved.wav", "copy.wav", "hiss 3.wav"} <= after
        assert {"long.wav", "hum 0.wav", "buzz 5.wav", "buzz 0.wav"}.isdisjoint(after)
        assert before - {"buzz 0.wav", "buzz 5.wav"} <= after
        assert {hit.path.name for hit in library.search("buzzer", limit=99)} == after
        # what is found while indexing is what teaching again finds with the same head
        library.remove_tag([folder / "copy.wav"], "buzzer")
        assert {"copy.wav", "buzz 1.wav"}.isdisjoint(tagged(library, "buzzer"))
        library.check()


def test_export_and_import(library: Library, made: Path, tmp_path: Path, sounds: Path) -> None:
    library.taught.teach("ブザー", [sounds / "buzz 0.wav", sounds / "buzz 1.wav"])
    library.taught.teach("hiss", [sounds / "hiss 0.wav"], unwanted=[sounds / "hum 0.wav"])
    assert library.taught.write(tmp_path / "tags.json") == 2
    names = tagged(library, "ブザー")
    library.taught.forget("ブザー")
    library.taught.forget("hiss")
    reports = library.taught.read(tmp_path / "tags.json")
    assert [report.tag.name for report in reports] == ["hiss", "ブザー"]
    assert tagged(library, "ブザー") == names
    library.remove_tag([sounds / "buzz 1.wav"], "ブザー")
    library.taught.read(tmp_path / "tags.json")  # the judgement of the library stays
    assert "buzz 1.wav" not in tagged(library, "ブザー")


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("kikimimi-taught-tags", "something"),
        lambda text: text.replace('"wanted": true', '"wanted": "true"'),
        lambda text: text.replace('"windows": 1', '"windows": 100000000'),
        lambda text: text.replace('"name": "buzzer"', '"name": "two\\nlines"'),
        lambda text: text.replace('"vectors": "', '"vectors": "\u3042'),
        lambda text: text.replace('"encoder": "', '"encoder": "other '),
        lambda text: "[" * 100_000,
        lambda text: "null",
    ],
)
def test_damaged_imports_change_nothing(
    library: Library, sounds: Path, tmp_path: Path, damage
) -> None:
    library.taught.teach("buzzer", [sounds / "buzz 0.wav"])
    path = tmp_path / "tags.json"
    library.taught.write(path)
    before = library.taught.list()
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(QueryError, match=r"tags\.json") as caught:
        library.taught.read(path)
    assert "\n" not in str(caught.value)
    assert library.taught.list() == before


@pytest.mark.parametrize(
    "name", ["", " ", "two\nlines", "bell\x07", "x" * 201, "esc50/dog", "placeholder/low"]
)
def test_names_that_cannot_be_taught(library: Library, sounds: Path, name: str) -> None:
    with pytest.raises(QueryError) as caught:
        library.taught.teach(name, [sounds / "buzz 0.wav"])
    assert "\n" not in str(caught.value)
    assert library.taught.list() == []


def test_one_name_in_all_its_spellings(library: Library, sounds: Path) -> None:
    library.taught.teach("ブザー　音", [sounds / "buzz 0.wav"])  # wide space
    library.taught.teach(" フ\u3099サ\u3099ー 音", [sounds / "buzz 1.wav"])  # decomposed
    (tag,) = library.taught.list()
    assert (tag.name, tag.examples) == ("ブザー 音", 2)


def test_wrong_examples_change_nothing(library: Library, sounds: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.wav"
    text.write_text("no sound")
    copy = tmp_path / "copy.wav"
    copy.write_bytes((sounds / "buzz 0.wav").read_bytes())
    with pytest.raises(QueryError, match=r"text\.wav"):
        library.taught.teach("buzzer", [text])
    with pytest.raises(QueryError, match="absent"):
        library.taught.teach("buzzer", [tmp_path / "absent.wav"])
    with pytest.raises(QueryError, match="same sound"):
        library.taught.teach("buzzer", [sounds / "buzz 0.wav"], unwanted=[copy])
    with pytest.raises(QueryError, match="no example"):
        library.taught.teach("buzzer", unwanted=[sounds / "buzz 0.wav"])
    with pytest.raises(QueryError, match="9999"):
        library.taught.teach("buzzer", [9999])
    assert library.taught.list() == []
    assert "buzzer" not in library.tag_counts()


def test_a_bad_example_is_named_and_the_others_count(
    library: Library, sounds: Path, tmp_path: Path
) -> None:
    report = library.taught.teach("buzzer", [sounds / "buzz 0.wav", tmp_path / "absent.wav"])
    assert [failure.path.name for failure in report.failures] == ["absent.wav"]
    assert report.tag.examples == 1


def test_a_library_without_sounds_is_refused(tmp_path: Path) -> None:
    sound = write_kind(tmp_path / "a.wav", "hum", 0)
    with pytest.raises(LibraryError, match="kikimimi index"):
        new_library(tmp_path).taught.teach("x", [sound])
    with new_library(tmp_path) as library:
        library.create()
        with pytest.raises(LibraryError, match="no sounds"):
            library.taught.teach("x", [sound])


def test_a_library_of_one_sound(tmp_path: Path) -> None:
    sound = write_kind(tmp_path / "in" / "a.wav", "hum", 0)
    with new_library(tmp_path) as library:
        library.index([sound], workers=1)
        library.taught.teach("hum", [sound])
        assert tagged(library, "hum") == {"a.wav"}


@pytest.mark.parametrize("column", ["head", "vectors"])
def test_damage_inside_is_named(library: Library, sounds: Path, column: str) -> None:
    library.taught.teach("buzzer", [sounds / "buzz 0.wav"])
    library.close()
    table = "taught_tags" if column == "head" else "taught_examples"
    connection = sqlite3.connect(library.path)
    connection.execute(f"UPDATE {table} SET {column} = X'00112233AA'")
    connection.commit()
    connection.close()
    with pytest.raises(LibraryError, match="damaged") as caught:
        library.taught.review("buzzer")
        library.taught.teach("buzzer", [2])
    assert "\n" not in str(caught.value)


def test_an_old_library_is_migrated_and_taught(tmp_path: Path) -> None:
    path = tmp_path / "old.kikimimi"
    connection = sqlite3.connect(path)
    connection.executescript(OLD_LIBRARY.read_text(encoding="utf-8"))
    connection.close()
    with Library(path) as library:
        with library.database.reading() as connection:
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        assert version == schema.SCHEMA_VERSION
        library.check()
        assert [tag.source for tag in library.tags_of(1)] == ["user", "auto", "auto"]
        assert len(library.tags_of(3)) == 1  # a rejected tag stays away
        assert library.playlists.names() == {"夜": 1}
        assert library.taught.teach("thunder").tag.examples == 2
        assert len(library.search("ドア")) == 1


_TEACH_AND_DIE = """
import os, signal
from kikimimi.library.library import Library
from kikimimi.library.taught import applying
library = Library({path!r})
library.taught.teach("kept", [1])
inner = applying.apply_to_library
def dying(*arguments):
    inner(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)
applying.apply_to_library = dying
library.taught.teach("kept", [2])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_kill_leaves_the_last_whole_state(library: Library) -> None:
    library.close()
    script = _TEACH_AND_DIE.format(path=str(library.path))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    library.check()
    (tag,) = library.taught.list()
    assert (tag.name, tag.examples) == ("kept", 1)
    assert len(tagged(library, "kept")) == tag.tagged


def test_an_export_is_plain_json(library: Library, sounds: Path, tmp_path: Path) -> None:
    library.taught.teach("ブザー", [sounds / "buzz 0.wav"])
    library.taught.write(tmp_path / "tags.json", ["ブザー"])
    text = (tmp_path / "tags.json").read_text(encoding="utf-8")
    assert "ブザー" in text
    (tag,) = json.loads(text)["tags"]
    assert tag["examples"][0]["path"].endswith("buzz 0.wav")
    assert tag["examples"][0]["wanted"] is True
