"""Lists of all sounds that fit: which, in which order, and what is counted in them."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from library_rows import LibraryRows
from sqlalchemy import select

from kikimimi.errors import QueryError, UnknownError
from kikimimi.library.conditions import sound_conditions
from kikimimi.library.database import Database, create_database
from kikimimi.library.example import Example, WeightedExample
from kikimimi.library.listing.lists import SoundList, SoundLists
from kikimimi.library.listing.natural import natural_key
from kikimimi.library.listing.request import ListRequest
from kikimimi.library.listing.rows import read_rows
from kikimimi.library.playlists import Playlists
from kikimimi.library.query import Filters
from kikimimi.library.schema import sounds
from kikimimi.library.search import SearchRequest, search
from kikimimi.library.vector_index import VectorIndex

WANTED = [
    ("/s/rain/Rain10.wav", [1, 0], [("esc50/rain", 0.9, "auto")], {"duration_s": 3.0}),
    ("/s/rain/rain2.wav", [0.9, 0.1], [("esc50/rain", 0.5, "auto")], {"channels": 2}),
    ("/s/dogs/bark.flac", [0, 1], [("esc50/dog", 0.7, "auto"), ("esc50/dog", 1.0, "user")], {}),
    ("/s/dogs/犬.wav", [0.1, 0.9], [("esc50/dog", 0.2, "auto")], {"sample_rate_hz": 44100}),
    ("/s/雨.wav", [0.5, 0.5], [("esc50/dog", 0.3, "rejected")], {"missing": 1}),
]


class Stub:
    """A library of stub rows, and its lists."""

    def __init__(self, folder: Path) -> None:
        path = folder / "stub.kikimimi"
        create_database(path, {"encoder_identity": "e@1", "created_at": "t", "revision": "0"})
        self.rows = LibraryRows.opened(path)
        self.database = Database(path)
        self.index = VectorIndex(folder / "index")
        self.lists = SoundLists(
            lambda: self.database, lambda: self.index, _no_encoder, lambda _text: None
        )

    def names(self, request: ListRequest) -> list[str]:
        return self.names_of(self.lists.make(request))

    def names_of(self, found: SoundList) -> list[str]:
        with self.database.reading() as connection:
            return [row.name for row in read_rows(connection, found.ranking.ids.tolist())]


def _no_encoder() -> None:
    raise AssertionError("no encoder is needed")


@pytest.fixture
def stub(tmp_path: Path) -> Iterator[Stub]:
    made = Stub(tmp_path)
    for path, vector, tags, columns in WANTED:
        made.rows.add(path, vector, tags=tags, **columns)
    yield made
    made.database.close()


def test_names_stand_in_natural_order() -> None:
    names = [
        "take10",
        "Take2",
        "take2b",
        "take002",
        "take",
        "か",
        "カ1",
        "犬",
        "ｔａｋｅ3",
        "2",
        "10",
    ]
    ordered = sorted(names, key=natural_key)
    assert ordered == [
        *("2", "10", "take", "Take2", "take002", "take2b", "ｔａｋｅ3", "take10", "か", "カ1", "犬")
    ]


@given(st.lists(st.text(max_size=8), max_size=8, unique=True))
def test_every_name_has_a_place_of_its_own(names: list[str]) -> None:
    assert len(set(map(natural_key, names))) == len(names)


def test_everything_by_name_and_by_facts(stub: Stub) -> None:
    everything = ["bark.flac", "rain2.wav", "Rain10.wav", "犬.wav", "雨.wav"]
    assert stub.names(ListRequest()) == everything
    assert stub.names(ListRequest(sort="name", descending=True)) == everything[::-1]
    assert stub.names(ListRequest(sort="duration_s", descending=True))[0] == "Rain10.wav"
    assert stub.names(ListRequest(sort="added")) == [
        *("Rain10.wav", "rain2.wav", "bark.flac", "犬.wav", "雨.wav")
    ]
    assert stub.names(ListRequest(sort="folder"))[:1] == ["雨.wav"]
    assert stub.names(ListRequest(missing=True)) == ["雨.wav"]
    assert "雨.wav" not in stub.names(ListRequest(missing=False))


def test_words_and_filters(stub: Stub) -> None:
    assert stub.names(ListRequest("rain", missing=False)) == ["rain2.wav", "Rain10.wav"]
    assert stub.names(ListRequest("雨 -rain2")) == ["Rain10.wav", "雨.wav"]
    assert stub.names(ListRequest(filters=Filters(tags=("dog",)))) == ["bark.flac", "犬.wav"]
    assert stub.names(ListRequest(filters=Filters(folders=("dogs",), formats=("wav",)))) == [
        *("bark.flac", "犬.wav")
    ]
    with pytest.raises(QueryError):
        stub.names(ListRequest(filters=Filters(tags=("no such tag",))))
    with pytest.raises(UnknownError):
        stub.names(ListRequest(playlist=7))


NAMED_TAGS = (
    ("esc50/thunderstorm", 0.99),
    ("esc50/rain", 0.6),
    ("audioset/Crowing, cock-a-doodle-doo", 0.99),
    ("audioset/Crow", 0.6),
)


@pytest.mark.parametrize(
    ("word", "wanted"), [("雨", [2, 1]), ("rain", [2, 1]), ("crow", [4, 3]), ("rooster", [3])]
)
def test_a_tag_of_this_name_counts_more_than_one_that_holds_the_word(
    tmp_path: Path, word: str, wanted: list[int]
) -> None:
    """Thunderstorm is 雷雨, and a rooster's tag is "Crowing, cock-a-doodle-doo"."""
    made = Stub(tmp_path)
    for number, (tag, score) in enumerate(NAMED_TAGS, start=1):
        made.rows.add(f"/clips/{number}.wav", [number, 1], tags=[(tag, score, "auto")])
    assert made.lists.make(ListRequest(word)).ranking.ids.tolist() == wanted
    with made.database.reading() as connection:
        hits = search(connection, made.index, SearchRequest(text=word))
    assert [hit.sound_id for hit in hits] == wanted
    made.database.close()


def test_a_playlist_keeps_its_order(stub: Stub) -> None:
    playlists = Playlists(stub.database)
    playlists.create("walk")
    playlists.add("walk", [4, 1, 3, 1])
    (walk,) = playlists.list()
    assert stub.names(ListRequest(playlist=walk.id)) == ["犬.wav", "Rain10.wav", "bark.flac"]
    assert stub.names(ListRequest(playlist=walk.id, sort="name"))[0] == "bark.flac"
    only_rain = ListRequest(playlist=walk.id, filters=Filters(folders=("rain",)))
    assert stub.names(only_rain) == ["Rain10.wav"]


def test_examples_rank_and_do_not_find_themselves(stub: Stub) -> None:
    like = (WeightedExample(Example(1)),)
    assert stub.names(ListRequest(like=like)) == ["rain2.wav", "犬.wav", "bark.flac"]
    assert stub.names(ListRequest("dog", like=like)) == ["犬.wav", "bark.flac"]
    assert stub.names(ListRequest(like=like, sort="distance", descending=True))[0] == "bark.flac"
    found = stub.lists.make(ListRequest(like=like))
    assert found.found_by == ("example",)
    assert (np.diff(found.ranking.distances) >= 0).all()


FILTERS = st.builds(
    Filters,
    tags=st.sampled_from([(), ("dog",), ("esc50/rain",), ("dog", "rain")]),
    without_tags=st.sampled_from([(), ("犬",)]),
    min_duration_s=st.sampled_from([None, 1.0, 2.0]),
    max_duration_s=st.sampled_from([None, 1.0, 2.0]),
    formats=st.sampled_from([(), ("WAV",), (".flac",), ("pcm_16",), ("mp3", "flac")]),
    sample_rates_hz=st.sampled_from([(), (44100,), (44100, 48000)]),
    channels=st.sampled_from([(), (2,)]),
    folders=st.sampled_from([(), ("dogs",), ("/s",), ("/s/rain/",), ("s/dogs", "rain"), ("og",)]),
    min_loudness_lufs=st.sampled_from([None, -30.0]),
)


@given(filters=FILTERS, words=st.sampled_from(["", "rain", "-rain", "dog, 雨", "wav"]))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None
)
def test_the_fast_way_finds_what_the_search_finds(stub: Stub, filters: Filters, words: str) -> None:
    listed = stub.lists.make(ListRequest(words, filters=filters, missing=False)).ranking.ids
    with stub.database.reading() as connection:
        if words:
            request = SearchRequest(text=words, filters=filters, limit=100)
            expected = {hit.sound_id for hit in search(connection, stub.index, request)}
        else:
            query = select(sounds.c.id).where(*sound_conditions(connection, filters))
            expected = set(connection.execute(query).scalars())
    assert set(listed.tolist()) == expected


def test_what_changes_shows_at_once(stub: Stub) -> None:
    before = stub.lists.make(ListRequest())
    assert stub.lists.make(ListRequest()) is before
    stub.rows.add("/s/Rain9.wav", [0, 0], tags=[("esc50/dog", 1.0, "user")])
    assert stub.names(ListRequest("rain", missing=False)) == [
        *("rain2.wav", "Rain9.wav", "Rain10.wav")
    ]
    assert "Rain9.wav" in stub.names(ListRequest(filters=Filters(tags=("dog",))))
    stub.rows.lose(2)
    assert "rain2.wav" not in stub.names(ListRequest("rain", missing=False))
    stub.rows.remove(1, 2)
    assert stub.names(ListRequest("rain")) == ["Rain9.wav", "雨.wav"]
    assert len(stub.lists.get(before.key)) == 5


def test_many_changes_are_read_anew(stub: Stub) -> None:
    stub.names(ListRequest(filters=Filters(tags=("dog",))))
    many = [(f"/n/take{at}.wav", [0, 0], [("esc50/dog", 0.5, "auto")], {}) for at in range(30)]
    stub.rows.add_many(many)
    assert stub.names(ListRequest("take"))[:3] == ["take0.wav", "take1.wav", "take2.wav"]
    assert len(stub.lists.make(ListRequest(filters=Filters(tags=("dog",))))) == 32
    connection = sqlite3.connect(stub.rows.path)
    connection.execute("DELETE FROM touched")  # as after a hundred thousand other changes
    connection.execute("UPDATE sounds SET name = 'take99.wav' WHERE id = 1")
    connection.execute("DELETE FROM touched")
    connection.commit()
    connection.close()
    assert "take99.wav" in stub.names(ListRequest())


def test_facets_count_within_the_list(stub: Stub) -> None:
    facets = stub.lists.facets(stub.lists.make(ListRequest(missing=False)).key)
    assert [(each.value, each.count) for each in facets.tags] == [
        *(("esc50/dog", 2), ("esc50/rain", 2))
    ]
    assert {each.value: each.count for each in facets.folders} == {"/s/rain": 2, "/s/dogs": 2}
    assert {each.value: each.count for each in facets.sample_rates_hz} == {48000: 3, 44100: 1}
    assert {each.value: each.count for each in facets.channels} == {1: 3, 2: 1}
    assert sum(each.count for each in facets.durations) == 4
    empty = stub.lists.facets(stub.lists.make(ListRequest("nothing")).key)
    assert (list(empty.tags), list(empty.folders), list(empty.durations)) == ([], [], [])


def test_suggestions_know_both_languages(stub: Stub) -> None:
    assert [each.value for each in stub.lists.suggest("rain 犬").tags] == ["esc50/dog"]
    assert [each.value for each in stub.lists.suggest("tag:dog").tags] == ["esc50/dog"]
    assert [each.value for each in stub.lists.suggest("folder:dog").folders] == ["/s/dogs"]
    assert not stub.lists.suggest("folder:dog").tags


def test_a_forgotten_key_says_so(stub: Stub) -> None:
    with pytest.raises(UnknownError, match="search again"):
        stub.lists.get("0" * 24)


def test_an_empty_library_has_an_empty_list(tmp_path: Path) -> None:
    stub = Stub(tmp_path)
    found = stub.lists.make(ListRequest())
    assert len(found) == 0
    assert stub.lists.facets(found.key).tags == []
    assert stub.lists.suggest("x").folders == ()
    assert len(stub.lists.make(ListRequest("rain -dog"))) == 0
