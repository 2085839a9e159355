"""Indexing again and again: what changes on disk, and only that, changes in the library."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile
from indexing_helpers import RATE_HZ, contents, names, new_library, write_sound

from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.file_embedding import EmbeddedFile, embed_file
from kikimimi.errors import LibraryError
from kikimimi.library import file_reading
from kikimimi.library.changes import Added, Changes, write_changes
from kikimimi.library.content_hash import hash_file
from kikimimi.library.database import read_settings
from kikimimi.library.file_outcomes import Content, FileTask
from kikimimi.library.library import Library
from kikimimi.library.records import IndexReport
from kikimimi.library.scanning import FileState, file_state


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that are decoded, as it happens."""
    seen: list[str] = []

    def recording(path: Path, encoder: Encoder, *, measure: bool) -> EmbeddedFile:
        seen.append(path.name)
        return embed_file(path, encoder, measure=measure)

    monkeypatch.setattr(file_reading, "embed_file", recording)
    return seen


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "sounds"
    for seed, name in enumerate(("rain.wav", "wind.wav", "doors/knock.wav")):
        write_sound(folder / name, seed=seed)
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with new_library(tmp_path) as made:
        yield made


def counts(report: IndexReport) -> tuple[int, int, int, int, int]:
    return (report.added, report.updated, report.moved, report.unchanged, report.missing)


def user_tags(library: Library, path: Path) -> list[str]:
    return [tag.name for tag in library.tags_of(path) if tag.source == "user"]


def test_the_first_run_takes_everything_in(library: Library, root: Path) -> None:
    report = library.index([root])
    assert counts(report) == (3, 0, 0, 0, 0)
    assert report.failures == ()
    assert report.audio_seconds == pytest.approx(1.5)
    sound = library.sound(root / "doors" / "knock.wav")
    assert (sound.name, sound.folder) == ("knock.wav", str(root / "doors"))
    assert (sound.format, sound.sample_rate_hz, sound.channels) == ("WAV", RATE_HZ, 1)
    assert sound.duration_s == pytest.approx(0.5)
    assert sum(library.tag_counts().values()) > 0


def test_unchanged_files_are_not_decoded(library: Library, root: Path, decoded: list[str]) -> None:
    library.index([root])
    decoded.clear()
    assert counts(library.index([root])) == (0, 0, 0, 3, 0)
    assert decoded == []


def test_a_touched_file_is_not_decoded(library: Library, root: Path, decoded: list[str]) -> None:
    library.index([root])
    decoded.clear()
    os.utime(root / "rain.wav", ns=(1, 1))
    assert counts(library.index([root])) == (0, 0, 0, 3, 0)
    assert counts(library.index([root])) == (0, 0, 0, 3, 0)
    assert decoded == []


@pytest.mark.parametrize("target", ["heavy rain.wav", "weather/rain.wav", "../sounds2/rain.wav"])
def test_a_moved_file_keeps_everything_undecoded(
    library: Library, root: Path, decoded: list[str], target: str
) -> None:
    library.index([root])
    before = library.sound(root / "rain.wav")
    vectors = contents(library)[os.fsencode(before.path)]["windows"]
    library.add_tag([before.path], "roof")
    library.playlists.create("p")
    library.playlists.add("p", [before.id])
    decoded.clear()
    place = (root / target).resolve()
    place.parent.mkdir(exist_ok=True)
    (root / "rain.wav").rename(place)
    assert counts(library.index([root, place.parent])) == (0, 0, 1, 2, 0)
    assert decoded == []
    after = library.sound(place)
    assert after.id == before.id
    assert not after.missing
    assert user_tags(library, place) == ["roof"]
    assert [sound.path for sound in library.playlists.items("p")] == [place]
    assert contents(library)[os.fsencode(place)]["windows"] == vectors


def test_a_file_moved_out_of_a_folder_that_is_not_scanned_is_recognised(
    library: Library, root: Path, tmp_path: Path
) -> None:
    library.index([root])
    library.add_tag([root / "rain.wav"], "roof")
    (tmp_path / "new").mkdir()
    shutil.move(root / "rain.wav", tmp_path / "new" / "r.wav")
    assert counts(library.index([tmp_path / "new"])) == (0, 0, 1, 0, 0)
    assert user_tags(library, tmp_path / "new" / "r.wav") == ["roof"]


def test_a_folder_with_equal_files_is_moved_file_by_file(library: Library, root: Path) -> None:
    shutil.copy(root / "rain.wav", root / "rain copy.wav")
    library.index([root])
    library.add_tag([root / "rain copy.wav"], "copy")
    root.rename(root.with_name("renamed"))
    new_root = root.with_name("renamed")
    assert counts(library.index([new_root])) == (0, 0, 4, 0, 0)
    assert user_tags(library, new_root / "rain copy.wav") == ["copy"]
    assert user_tags(library, new_root / "rain.wav") == []


def test_a_copy_is_a_new_sound_without_decoding(
    library: Library, root: Path, decoded: list[str]
) -> None:
    library.index([root])
    library.add_tag([root / "rain.wav"], "roof")
    automatic = library.tags_of(root / "rain.wav")[-1].name
    library.remove_tag([root / "rain.wav"], automatic)
    decoded.clear()
    shutil.copy(root / "rain.wav", root / "other.wav")
    assert counts(library.index([root])) == (1, 0, 0, 3, 0)
    assert decoded == []
    found = contents(library)
    first, second = (found[os.fsencode(root / name)] for name in ("rain.wav", "other.wav"))
    assert first["windows"] == second["windows"]
    assert user_tags(library, root / "other.wav") == []
    assert automatic in [tag.name for tag in library.tags_of(root / "other.wav")]


def test_edited_content_replaces_vectors_and_keeps_what_the_user_said(
    library: Library, root: Path
) -> None:
    library.index([root])
    path = root / "rain.wav"
    before = contents(library)[os.fsencode(path)]
    rejected = library.tags_of(path)[0].name
    library.add_tag([path], "roof")
    library.remove_tag([path], rejected)
    library.playlists.create("p")
    library.playlists.add("p", [path])
    write_sound(path, seed=50, seconds=5)
    assert counts(library.index([root])) == (0, 1, 0, 2, 0)
    after = contents(library)[os.fsencode(path)]
    assert len(after["windows"]) == 4  # 5 s in windows of 2 s, one each second
    assert after["windows"][:1] != before["windows"]
    assert after["duration_s"] == pytest.approx(5)
    listed = [tag.name for tag in library.tags_of(path)]
    assert "roof" in listed and rejected not in listed
    assert [sound.path for sound in library.playlists.items("p")] == [path]


def test_content_swapped_between_two_paths(library: Library, root: Path) -> None:
    library.index([root])
    found = contents(library)
    (root / "rain.wav").rename(root / "x")
    (root / "wind.wav").rename(root / "rain.wav")
    (root / "x").rename(root / "wind.wav")
    library.index([root])
    swapped = contents(library)
    rain, wind = os.fsencode(root / "rain.wav"), os.fsencode(root / "wind.wav")
    assert swapped[rain]["windows"] == found[wind]["windows"]
    assert swapped[wind]["windows"] == found[rain]["windows"]


def test_deleted_files_are_marked_purged_or_come_back(
    library: Library, root: Path, decoded: list[str]
) -> None:
    library.index([root])
    library.add_tag([root / "rain.wav"], "roof")
    saved = root.parent / "saved.wav"
    shutil.copy2(root / "rain.wav", saved)
    (root / "rain.wav").unlink()
    assert counts(library.index([root])) == (0, 0, 0, 2, 1)
    assert library.sound(root / "rain.wav").missing
    assert "roof" not in library.tag_counts()
    assert counts(library.index([root])) == (0, 0, 0, 2, 0)
    decoded.clear()
    shutil.copy2(saved, root / "rain.wav")
    assert counts(library.index([root])) == (0, 0, 0, 3, 0)
    assert decoded == []
    assert not library.sound(root / "rain.wav").missing
    assert user_tags(library, root / "rain.wav") == ["roof"]
    (root / "rain.wav").unlink()
    library.index([root])
    assert library.purge() == 1
    assert library.purge() == 0
    assert names(library) == {"wind.wav", "knock.wav"}
    library.check()


def test_only_what_lies_under_the_given_roots_can_be_missing(library: Library, root: Path) -> None:
    library.index([root])
    (root / "rain.wav").unlink()
    (root / "doors" / "knock.wav").unlink()
    assert library.index([root / "doors"]).missing == 1
    assert not library.sound(root / "rain.wav").missing


def test_a_root_that_has_gone_marks_nothing(library: Library, root: Path, tmp_path: Path) -> None:
    library.index([root])
    root.rename(tmp_path / "unplugged")
    (tmp_path / "more").mkdir()
    report = library.index([root, tmp_path / "more"])
    assert [failure.path for failure in report.failures] == [root]
    assert report.missing == 0
    with pytest.raises(LibraryError, match="does not exist"):
        library.index([root])


def test_each_change_of_vectors_raises_the_revision(library: Library, root: Path) -> None:
    def revision() -> int:
        with library.database.reading() as connection:
            return int(read_settings(connection)["revision"])

    library.index([root])
    first = revision()
    library.index([root])
    assert revision() == first > 0
    write_sound(root / "rain.wav", seed=9)
    library.index([root])
    assert revision() == first + 1
    (root / "wind.wav").unlink()
    library.index([root])
    library.purge()
    assert revision() == first + 2


def test_progress_counts_only_what_is_committed(library: Library, root: Path) -> None:
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int, path: Path, audio_seconds: float) -> None:
        with Library(library.path) as other:
            assert len(list(other.sounds())) >= done
        assert path.name.endswith(".wav")
        seen.append((done, total))

    library.index([root], progress=progress)
    assert seen[-1] == (3, 3)


def test_ctrl_c_keeps_what_is_done_and_the_next_run_goes_on(
    library: Library, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(path: Path, encoder: Encoder, *, measure: bool) -> EmbeddedFile:
        if path.name == "wind.wav":
            raise KeyboardInterrupt
        return embed_file(path, encoder, measure=measure)

    with monkeypatch.context() as patch:
        patch.setattr(file_reading, "embed_file", interrupt)
        with pytest.raises(KeyboardInterrupt):
            library.index([root])
    assert names(library) == {"knock.wav", "rain.wav"}
    assert counts(library.index([root])) == (1, 0, 0, 2, 0)


def test_two_indexers_at_once_and_a_reader(library: Library, root: Path) -> None:
    def progress(done: int, total: int, path: Path, audio_seconds: float) -> None:
        with Library(library.path) as other:
            with pytest.raises(LibraryError, match="indexed by another process"):
                other.index([root])
            assert len(list(other.sounds())) == 3

    library.index([root], progress=progress)


def test_tags_and_playlists_can_be_written_while_indexing(library: Library, root: Path) -> None:
    def progress(done: int, total: int, path: Path, audio_seconds: float) -> None:
        with Library(library.path) as other:
            other.add_tag([root / "rain.wav"], "roof")

    library.index([root], progress=progress)
    assert user_tags(library, root / "rain.wav") == ["roof"]


def test_workers_must_be_a_positive_number(library: Library, root: Path) -> None:
    with pytest.raises(LibraryError, match="at least one worker"):
        library.index([root], workers=0)


def test_twenty_thousand_files_are_checked_without_reading(
    library: Library, tmp_path: Path, decoded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    library.create()
    content = file_reading.read_file(
        FileTask(os.fsencode(write_sound(tmp_path / "a.wav")), FileState(0, 0)),
        library.encoder(),
        lambda content_hash: False,
    )
    assert isinstance(content, Content)
    added = []
    for number in range(20_000):
        stub = tmp_path / "all" / f"{number // 500:02d}" / f"{number:05d}.wav"
        stub.parent.mkdir(parents=True, exist_ok=True)
        stub.touch()
        state = file_state(os.fsencode(stub))
        assert state is not None
        added.append(Added(os.fsencode(stub), state, content))
    with library.database.writing() as connection:
        write_changes(connection, Changes(added=added))
    decoded.clear()
    opened: list[Path] = []

    def hashing(path: Path) -> str:
        opened.append(path)
        return hash_file(path)

    monkeypatch.setattr(file_reading, "hash_file", hashing)
    assert counts(library.index([tmp_path / "all"])) == (0, 0, 0, 20_000, 0)
    assert decoded == opened == []


def test_real_sounds_of_many_formats(library: Library, shared_data: Path) -> None:
    folder = shared_data / "machines"
    paths = sorted(path for path in folder.rglob("*.flac"))[:5]
    ogg = sorted((shared_data / "sfx").rglob("*.ogg"))[:5]
    mp3 = sorted((shared_data / "sfx").rglob("*.mp3"))[:3]
    report = library.index([*paths, *ogg, *mp3])
    assert report.added == len({*paths, *ogg, *mp3})
    for sound in library.sounds():
        info = soundfile.info(sound.path)
        assert sound.sample_rate_hz == info.samplerate
        assert sound.duration_s == pytest.approx(info.duration, abs=0.1)
        windows = contents(library)[os.fsencode(sound.path)]["windows"]
        assert windows[0][0] == 0
        assert windows[-1][1] == pytest.approx(sound.duration_s, abs=0.25)
