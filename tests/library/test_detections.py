"""The events that a library keeps of its sounds."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from kikimimi.audio.writing import write_wav
from kikimimi.encoders.detection.registry import load_detector
from kikimimi.errors import UnknownError
from kikimimi.library import schema
from kikimimi.library.library import Library
from kikimimi.types import Clip, Event

OLD_LIBRARY = Path(__file__).with_name("library_schema_1.sql")


def write_tone(path: Path, pitch_hz: float, duration_s: float = 1.0) -> Path:
    time_s = np.arange(round(duration_s * 16000)) / 16000
    samples = 0.4 * np.sin(2 * np.pi * pitch_hz * time_s)
    write_wav(path, Clip(samples[None].astype(np.float32), 16000))
    return path


@pytest.fixture
def library(tmp_path: Path) -> Library:
    for name, pitch_hz in (("low.wav", 100), ("high.wav", 5000)):
        write_tone(tmp_path / name, pitch_hz)
    library = Library(tmp_path / "l.kikimimi", encoder="placeholder")
    library.index([tmp_path], workers=1)
    return library


def test_every_sound_is_heard_once(library: Library, tmp_path: Path) -> None:
    detector = load_detector("placeholder")
    report = library.detections.detect(detector)
    assert report.detected == 2 and not report.failures
    kept = library.detections.of(tmp_path / "low.wav")
    assert kept is not None and kept.detector == detector.identity
    best = max(kept.events, key=lambda event: event.score)
    assert (best.event_label, best.onset_s) == ("placeholder/low", 0)
    assert library.detections.detect(detector).detected == 0


def test_a_sound_that_was_not_heard_has_no_answer(library: Library, tmp_path: Path) -> None:
    assert library.detections.of(tmp_path / "low.wav") is None
    with pytest.raises(UnknownError):
        library.detections.of(tmp_path / "other.wav")


def test_events_of_other_bytes_are_out_of_date(library: Library, tmp_path: Path) -> None:
    detector = load_detector("placeholder")
    library.detections.detect(detector)
    write_tone(tmp_path / "low.wav", 6000, 2.0)
    library.index([tmp_path], workers=1)
    assert library.detections.of(tmp_path / "low.wav") is None
    assert [sound.name for sound in library.detections.unheard(detector.identity)] == ["low.wav"]
    library.detections.detect(detector)
    kept = library.detections.of(tmp_path / "low.wav")
    assert kept is not None
    assert max(kept.events, key=lambda event: event.score).event_label == "placeholder/high"


def test_what_is_kept_replaces_what_was_there(library: Library, tmp_path: Path) -> None:
    sound = library.sound(tmp_path / "low.wav")
    library.detections.keep(sound, "a@1", [Event(1.0, 2.0, "dog", 0.5), Event(0.0, 0.5, "犬", 1.0)])
    library.detections.keep(sound, "b@1", [Event(0.25, 0.5, "cat", 0.75)])
    kept = library.detections.of(sound.id)
    assert kept is not None
    assert kept.detector == "b@1" and kept.events == (Event(0.25, 0.5, "cat", 0.75),)


def test_a_bad_file_does_not_end_the_run(library: Library, tmp_path: Path) -> None:
    (tmp_path / "high.wav").write_bytes(b"no sound")
    report = library.detections.detect(load_detector("placeholder"))
    assert report.detected == 1
    assert [failure.path.name for failure in report.failures] == ["high.wav"]


def test_events_go_with_their_sound(library: Library, tmp_path: Path) -> None:
    library.detections.detect(load_detector("placeholder"))
    high = library.sound(tmp_path / "high.wav").id
    (tmp_path / "low.wav").unlink()
    library.index([tmp_path], workers=1)
    library.purge()
    with library.database.reading() as connection:
        for table in ("detections", "sound_events"):
            query = f"SELECT DISTINCT sound_id FROM {table}"
            assert connection.exec_driver_sql(query).scalars().all() == [high]


def test_an_old_library_gets_the_tables_of_a_new_one(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "old.kikimimi"
    connection = sqlite3.connect(path)
    connection.executescript(OLD_LIBRARY.read_text(encoding="utf-8"))
    connection.close()
    with Library(path) as old:
        assert old.detections.unheard("a@1")
        for table in ("detections", "sound_events"):
            assert _columns(old, table) == _columns(library, table)
        with old.database.reading() as connection:
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        assert version == schema.SCHEMA_VERSION


def _columns(library: Library, table: str) -> list[tuple]:
    with library.database.reading() as connection:
        rows = connection.exec_driver_sql(f"PRAGMA table_info({table})").all()
    return [tuple(row)[1:4] for row in rows]
