"""Sounds are measured while they are indexed, and older libraries catch up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from indexing_helpers import new_library, write_sound

from kikimimi.audio.measures.meter import measure_file
from kikimimi.audio.measures.values import Measures
from kikimimi.library import file_reading
from kikimimi.library.file_outcomes import FileTask
from kikimimi.library.library import Library
from kikimimi.library.measures import measures_of, overviews_of, unmeasured_sounds
from kikimimi.library.scanning import FileState


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    for seed, name in enumerate(("rain.wav", "wind.wav")):
        write_sound(tmp_path / "sounds" / name, seed=seed)
    with new_library(tmp_path) as made:
        made.index([tmp_path / "sounds"], workers=1)
        yield made


def measures(library: Library) -> dict[str, Measures | None]:
    with library.database.reading() as connection:
        return {s.name: measures_of(connection, s.id) for s in library.sounds() if not s.missing}


def forget(library: Library) -> None:
    """Make the library one that was filled before sounds were measured."""
    with library.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM sound_measures")
        connection.exec_driver_sql("DELETE FROM sound_overviews")


def test_indexing_measures_what_measuring_the_file_gives(library: Library, tmp_path: Path) -> None:
    found = measures(library)
    expected, seconds = measure_file(tmp_path / "sounds" / "wind.wav")
    assert found["wind.wav"] == expected
    assert seconds == 0.5
    assert found["rain.wav"] != found["wind.wav"]


def test_the_next_index_measures_sounds_of_an_older_library(
    library: Library, tmp_path: Path
) -> None:
    before = measures(library)
    forget(library)
    told: list[tuple[int, int]] = []
    report = library.index(
        [tmp_path / "sounds"], progress=lambda done, total, *_: told.append((done, total))
    )
    assert (report.measured, report.unchanged, report.updated) == (2, 2, 0)
    assert told[-1] == (2, 2)
    assert measures(library) == before
    assert library.index([tmp_path / "sounds"]).measured == 0


def test_all_missing_measures_can_be_made_at_once(library: Library) -> None:
    before = measures(library)
    forget(library)
    assert library.measure_missing(workers=1).measured == 2
    assert measures(library) == before
    assert library.measure_missing(workers=1).measured == 0


def test_a_sound_that_cannot_be_measured_keeps_all_it_has(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path) -> None:
        raise OSError(5, "the disk is gone")

    forget(library)
    monkeypatch.setattr(file_reading, "measure_file", fail)
    report = library.measure_missing(workers=1)
    assert report.measured == 0
    assert [failure.path.name for failure in report.failures] == ["rain.wav", "wind.wav"]
    assert not any(sound.missing for sound in library.sounds())


def test_a_changed_file_is_measured_anew(library: Library, tmp_path: Path) -> None:
    write_sound(tmp_path / "sounds" / "rain.wav", seed=30, seconds=0.7)
    library.index([tmp_path / "sounds"])
    assert measures(library)["rain.wav"] == measure_file(tmp_path / "sounds" / "rain.wav")[0]


def test_a_copy_has_the_measures_of_its_twin(library: Library, tmp_path: Path) -> None:
    (tmp_path / "sounds" / "copy.wav").write_bytes((tmp_path / "sounds" / "rain.wav").read_bytes())
    library.index([tmp_path / "sounds"])
    found = measures(library)
    assert found["copy.wav"] == found["rain.wav"] is not None


def test_workers_measure_as_this_process_does(library: Library, tmp_path: Path) -> None:
    before = measures(library)
    with Library(tmp_path / "second.kikimimi", encoder="placeholder") as second:
        from kikimimi.library.worker_pool import WorkerPool

        tasks = [FileTask(str(sound.path).encode(), FileState(0, 0)) for sound in library.sounds()]
        second.create()
        with WorkerPool(2, encoder=second.encoder(), library=second.path) as pool:
            outcomes = [item[1] for item in pool.run(tasks) if item is not None]
    found = [outcome.measures for outcome in outcomes if hasattr(outcome, "measures")]
    assert sorted(found, key=repr) == sorted(before.values(), key=repr)


def test_overviews_are_given_by_id_and_go_with_the_sound(library: Library, tmp_path: Path) -> None:
    with library.database.reading() as connection:
        found = overviews_of(connection, [1, 2, 99])
        assert unmeasured_sounds(connection) == frozenset()
    assert {key: len(overview) for key, overview in found.items()} == {1: 256, 2: 256}
    (tmp_path / "sounds" / "rain.wav").unlink()
    library.index([tmp_path / "sounds"])
    library.purge()
    with library.database.reading() as connection:
        assert len(overviews_of(connection, [1, 2])) == 1
