"""How fast a large library is listed: `python benchmarks/list_speed.py --sounds 100000`.

Makes a library file of stub sounds (no audio) with names, folders, measures and eight automatic
tags each, and times what the page asks for: lists by words, filters, order and example, the counts
within them, pages of rows, suggestions, and a tag with its undo. A list is made anew each time: the
times are those of the first keystroke. `cpu` is what the process itself used, so that it can be
read on a busy machine too.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from kikimimi.library.database import Database, create_database
from kikimimi.library.example import Example, WeightedExample
from kikimimi.library.journal.history import History
from kikimimi.library.listing.lists import SoundLists
from kikimimi.library.listing.request import ListRequest
from kikimimi.library.listing.rows import read_rows
from kikimimi.library.query import Filters
from kikimimi.library.tag_changes import TagChanges
from kikimimi.library.taught.tags import TaughtTags
from kikimimi.library.vector_index import VectorIndex
from kikimimi.library.words import index_text

SIZE = 128
BLOCK = 10_000
TAGS_EACH = 8
THINGS = ("Rain", "Dog", "Door", "Knock", "Wind", "Bell", "Engine", "Glass", "雨", "足音", "カラス")
TAGS = (
    *("Rain", "Dog", "Bark", "Wind", "Bell", "Engine", "Glass", "Thunder", "Crow", "Water"),
    *(
        "Music",
        "Speech",
        "Vehicle",
        "Animal",
        "Bird",
        "Cat",
        "Door",
        "Knock",
        "Tap",
        "Walk, footsteps",
    ),
)


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path = Path(folder) / "library.kikimimi"
        started = time.perf_counter()
        make_library(path, options.sounds)
        results = {"sounds": options.sounds, "make_library_s": time.perf_counter() - started}
        results |= measure(path, options.rounds)
    _print(results, as_json=options.json)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sounds", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--folder", help="where the library is made; it is deleted afterwards")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def make_library(path: Path, count: int) -> None:
    """A library of `count` stub sounds."""
    first = {"encoder_name": "benchmark", "encoder_identity": "benchmark"}
    create_database(path, {**first, "created_at": "2026", "revision": "1"})
    database = Database(path)
    with database.writing() as connection:
        names = [(number, f"audioset/{name}") for number, name in enumerate(TAGS, start=1)]
        connection.exec_driver_sql("INSERT INTO tags VALUES (?, ?)", names)
        generator = np.random.default_rng(0)
        for start in range(1, count + 1, BLOCK):
            _insert(connection, range(start, min(start + BLOCK, count + 1)), generator)
    database.close()


def _insert(connection: Any, ids: range, generator: np.random.Generator) -> None:
    things = generator.integers(len(THINGS), size=(len(ids), 2))
    tags = np.argsort(generator.random((len(ids), len(TAGS))), axis=1)[:, :TAGS_EACH] + 1
    loudness = generator.normal(-24, 8, len(ids))
    sounds, words, measures, overviews = [], [], [], []
    overview = bytes(range(256))
    for sound_id, (first, second), of_sound, level in zip(ids, things, tags, loudness, strict=True):
        folder = f"/sounds/pack{sound_id % 997:03d}/take{sound_id % 7}"
        name = f"{THINGS[first]}{THINGS[second]} {sound_id}.wav"
        path = f"{folder}/{name}"
        shown = [f"audioset/{TAGS[tag - 1]}" for tag in of_sound]
        file = (path.encode(), path, name, folder, 1, 1, str(sound_id))
        length = 0.1 + sound_id % 600 / 10
        sounds.append((sound_id, *file, "WAV", "PCM_16", 48000, 2, length, 0, "2026"))
        words.append((sound_id, *index_text(name=name, folder=folder, tag_names=shown)))
        measures.append((sound_id, float(level), -1.0))
        overviews.append((sound_id, overview))
    marks = ",".join("?" * 15)
    vectors = generator.standard_normal((len(ids), SIZE)).astype("<f4")
    pairs = [
        (sound_id, int(tag), 0.9 - place / 10)
        for sound_id, of_sound in zip(ids, tags, strict=True)
        for place, tag in enumerate(of_sound)
    ]
    for statement, rows in (
        (f"INSERT INTO sounds VALUES ({marks})", sounds),
        (
            "INSERT INTO windows VALUES (?, ?, 0.0, 2.0, ?)",
            [(key, key, vector.tobytes()) for key, vector in zip(ids, vectors, strict=True)],
        ),
        ("INSERT INTO sound_tags VALUES (?, ?, 'auto', ?)", pairs),
        ("INSERT INTO words(rowid, name, folder, tags) VALUES (?,?,?,?)", words),
        (
            "INSERT INTO sound_measures (sound_id, loudness_lufs, peak_db, pitch_confidence) "
            "VALUES (?, ?, ?, 0)",
            measures,
        ),
        ("INSERT INTO sound_overviews VALUES (?, ?)", overviews),
    ):
        connection.exec_driver_sql(statement, rows)


def measure(path: Path, rounds: int) -> dict[str, Any]:
    """What a page waits for."""
    database, index = Database(path), VectorIndex(path.with_suffix(".index"))
    made: list[SoundLists] = []

    def lists() -> SoundLists:
        return made[-1]

    def opened() -> int:
        made.append(SoundLists(lambda: database, lambda: index, _no_encoder, lambda _text: None))
        return len(lists().make(ListRequest()))

    results = _timed("open_and_first_list", opened, 1)
    everything = lists().make(ListRequest())
    results |= _timed("first_facets", lambda: lists().facets(everything.key), 1)
    for name, request in _requests().items():
        lists().make(request)
        results |= _timed(name, lambda request=request: _anew(lists(), request), rounds)
        results[f"{name}_found"] = len(lists().make(request))
    results |= _timed("facets", lambda: lists().facets(everything.key), rounds)
    results |= _timed("suggest", lambda: lists().suggest("do"), rounds)
    page = everything.ranking.ids[5000:5500].tolist()
    results |= _timed("rows_500", lambda: _read(database, page), rounds)
    results |= _changes(database, index, lists(), rounds)
    results["resident_peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return results


def _requests() -> dict[str, ListRequest]:
    like, other, unlike = (WeightedExample(Example(key)) for key in (5, 600, 77))
    minus = WeightedExample(unlike.example, -1)
    return {
        "all_by_name": ListRequest(),
        "all_by_duration": ListRequest(sort="duration_s", descending=True),
        "one_letter": ListRequest("r"),
        "word_common": ListRequest("rain"),
        "word_japanese": ListRequest("雨"),
        "words_two": ListRequest("dog door"),
        "word_excluded": ListRequest("-rain"),
        "word_short_by_name": ListRequest("rain", Filters(max_duration_s=3), sort="name"),
        "tag": ListRequest(filters=Filters(tags=("dog",))),
        "folder": ListRequest(filters=Filters(folders=("pack001",))),
        "loudness": ListRequest(filters=Filters(max_loudness_lufs=-30.0)),
        "example": ListRequest(like=(like,)),
        "example_and_word": ListRequest("rain", like=(like,)),
        "a_plus_b_minus_c": ListRequest(like=(like, other, minus)),
    }


def _anew(lists: SoundLists, request: ListRequest) -> None:
    lists.forget()
    lists.make(request)


def _read(database: Database, page: list[int]) -> None:
    with database.reading() as connection:
        read_rows(connection, page)


def _changes(
    database: Database, index: VectorIndex, lists: SoundLists, rounds: int
) -> dict[str, Any]:
    taught = TaughtTags(database, lambda: index, _no_encoder)
    tags, history = TagChanges(database, taught), History(database, taught.background)
    numbers = iter(range(rounds))
    results = _timed("tag_one_sound", lambda: tags.add([7], f"new {next(numbers)}"), rounds)
    results |= _timed("list_after_a_tag", lambda: lists.make(ListRequest("rain")), 1)
    key = lists.make(ListRequest()).key
    results |= _timed("facets_after_a_tag", lambda: lists.facets(key), 1)
    results |= _timed("undo", history.undo, rounds)
    many = lists.make(ListRequest("rain")).ranking.ids.tolist()
    results |= _timed("tag_a_result", lambda: tags.add(many, "wet"), 1)
    results |= _timed("undo_a_result", history.undo, 1)
    return results | {"result_tagged": len(many)}


def _no_encoder() -> Any:
    raise RuntimeError("no encoder is needed")


def _timed(name: str, call: Callable[[], Any], rounds: int) -> dict[str, float]:
    walls, used = [], []
    for _ in range(rounds):
        started, cpu = time.perf_counter(), time.process_time()
        call()
        walls.append(1000 * (time.perf_counter() - started))
        used.append(1000 * (time.process_time() - cpu))
    return {f"{name}_ms": float(np.median(walls)), f"{name}_cpu_ms": float(np.median(used))}


def _print(results: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(results))
        return
    for name, value in results.items():
        print(f"{name:<32}{value:>12,.1f}")


if __name__ == "__main__":
    main()
