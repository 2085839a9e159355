from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from library_rows import LibraryRows

from kikimimi.errors import QueryError
from kikimimi.library import search as search_module
from kikimimi.library.query import Filters
from kikimimi.library.records import SoundTag
from kikimimi.library.search import Hit, SearchRequest, search
from kikimimi.library.vector_index import VectorIndex


class Searcher:
    """A library with its index and one call for a search."""

    def __init__(self, folder: Path) -> None:
        self.rows = LibraryRows(folder / "l.kikimimi")
        self.index = VectorIndex(folder / "l.index")
        self.add = self.rows.add

    def hits(self, **request: Any) -> list[Hit]:
        with self.rows.engine.connect() as connection:
            return search(connection, self.index, SearchRequest(**request))

    def names(self, **request: Any) -> list[str]:
        return [hit.path.name for hit in self.hits(**request)]


@pytest.fixture
def library(tmp_path: Path) -> Searcher:
    return Searcher(tmp_path)


def vector(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_an_example_ranks_by_distance(library: Searcher) -> None:
    library.add("/s/far.wav", [3, 4])
    library.add("/s/near.wav", [[9, 9], [0, 1]], tags=[("user tag", 1.0, "user")])
    library.add("/s/same.wav", [0, 0])
    hits = library.hits(vectors=vector(0, 0))
    assert [(hit.rank, hit.path.name, hit.distance) for hit in hits] == [
        (1, "same.wav", 0.0),
        (2, "near.wav", 1.0),
        (3, "far.wav", 5.0),
    ]
    assert (hits[1].start_s, hits[1].end_s) == (1.0, 2.0)
    assert hits[1].tags == (SoundTag("user tag", 1.0, "user"),)


def test_a_long_example_counts_by_its_nearest_window(library: Searcher) -> None:
    library.add("/s/a.wav", [0, 0])
    library.add("/s/b.wav", [10, 0])
    hits = library.hits(vectors=np.array([[9, 0], [2, 0]], np.float32))
    assert [(hit.path.name, hit.distance) for hit in hits] == [("b.wav", 1.0), ("a.wav", 2.0)]


def test_equals_stand_in_the_order_of_paths(library: Searcher) -> None:
    for name in ("c", "a", "b", "d"):
        library.add(f"/s/{name}.wav", [1, 1])
    assert library.names(vectors=vector(0, 0), limit=2) == ["a.wav", "b.wav"]
    assert library.names(text="wav", limit=3) == ["a.wav", "b.wav", "c.wav"]
    assert library.names(limit=3) == ["a.wav", "b.wav", "c.wav"]


def test_missing_and_deleted_sounds_are_left_out(library: Searcher) -> None:
    ids = [library.add(f"/s/{at:02d}.wav", [at, 0]) for at in range(40)]
    library.rows.lose(*ids[:35])
    for request in ({"vectors": vector(0, 0)}, {"text": "wav"}, {}):
        assert library.names(limit=3, **request) == ["35.wav", "36.wav", "37.wav"]
    library.rows.remove(ids[35])
    for request in ({"vectors": vector(0, 0)}, {"text": "wav"}, {}):
        assert library.names(limit=3, **request) == ["36.wav", "37.wav", "38.wav"]


def test_the_example_itself_can_be_left_out(library: Searcher) -> None:
    own = library.add("/s/own.wav", [0, 0])
    library.add("/s/other.wav", [1, 0])
    assert library.names(vectors=vector(0, 0)) == ["own.wav", "other.wav"]
    for request in ({"vectors": vector(0, 0)}, {"text": "wav"}, {}):
        assert library.names(excluded=(own,), **request) == ["other.wav"]


def test_words_decide_who_is_in_and_the_example_the_order(library: Searcher) -> None:
    library.add("/s/rain1.wav", [5, 0])
    library.add("/s/wind.wav", [0, 0])
    library.add("/s/x.wav", [1, 0], tags=[("esc50/rain", 0.5, "auto")])
    assert library.names(vectors=vector(0, 0), text="rain") == ["x.wav", "rain1.wav"]
    assert library.names(vectors=vector(0, 0), text="雨") == ["x.wav", "rain1.wav"]
    assert library.names(vectors=vector(0, 0), text="-雨") == ["wind.wav"]
    filters = Filters(without_tags=("雨",))
    assert library.names(vectors=vector(0, 0), text="rain", filters=filters) == ["rain1.wav"]


@pytest.mark.parametrize(
    ("query", "name"), [("雨", "rain loop.wav"), ("ドア", "DoorSlam.wav"), ("dog", "犬_01.wav")]
)
def test_a_word_finds_names_in_the_other_language(library: Searcher, query: str, name: str) -> None:
    for each in ("rain loop.wav", "DoorSlam.wav", "犬_01.wav"):
        library.add(f"/s/{each}", [0, 0])
    assert library.names(text=query) == [name]
    assert library.names(text=f'"{query}"') == []


def test_words_rank_name_over_tag_over_folder(library: Searcher) -> None:
    library.add("/rain/a.wav", [0, 0])
    library.add("/s/b.wav", [0, 0], tags=[("esc50/rain", 0.5, "auto")])
    library.add("/s/c.wav", [0, 0], tags=[("esc50/rain", 1.0, "user")])
    library.add("/s/raincoat.wav", [0, 0])
    library.add("/s/rain.wav", [0, 0])
    library.add("/s/d.wav", [0, 0], tags=[("esc50/rain", 0.9, "rejected")])
    hits = library.hits(text="rain")
    assert [hit.path.name for hit in hits] == [
        "rain.wav",
        "raincoat.wav",
        "c.wav",
        "b.wav",
        "a.wav",
    ]
    assert [hit.distance for hit in hits] == pytest.approx([0.0, 0.1, 0.2, 0.35, 0.7])


def test_several_words_score_their_mean_and_the_best_group_counts(library: Searcher) -> None:
    library.add("/roof/rain.wav", [0, 0])
    library.add("/s/rain roof.wav", [0, 0])
    library.add("/s/wind.wav", [0, 0])
    library.add("/s/rain.wav", [0, 0])
    hits = library.hits(text="rain roof, wind")
    assert [(hit.path.name, round(hit.distance, 6)) for hit in hits] == [
        ("wind.wav", 0.0),
        ("rain roof.wav", 0.0),
        ("rain.wav", 0.35),
    ]


@pytest.mark.parametrize("query", ["雨", "屋根", "ドア", "カラス", "どあ", "からす", "根"])
def test_japanese_words_of_any_length(library: Searcher, query: str) -> None:
    library.add("/効果音/雨 屋根 ドア カラス.wav", [0, 0])
    library.add("/効果音/風.wav", [0, 0])
    assert library.names(text=query) == ["雨 屋根 ドア カラス.wav"]


def test_common_words_in_a_large_library(
    library: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When there are more matches than are looked at, the best are still found."""
    monkeypatch.setattr(search_module, "_WORD_CANDIDATES", 20)
    rows: list[Any] = [(f"/rain/{at}.wav", [0, 0], (), {}) for at in range(100)]
    for at in range(100):
        rows.append((f"/s/t{at}.wav", [0, 0], [("esc50/rain", at / 100, "auto")], {}))
    rows.append(("/s/raincoat.wav", [0, 0], (), {"duration_s": 9.0}))
    rows.append(("/s/rain.wav", [0, 0], (), {}))
    library.rows.add_many(rows)
    expected = ["rain.wav", "raincoat.wav", "t99.wav", "t98.wav"]
    assert library.names(text="rain", limit=4) == expected
    filters = Filters(min_duration_s=5.0)
    assert library.names(text="rain", filters=filters) == ["raincoat.wav"]
    assert len(library.names(text="rain", limit=500)) == 202


def test_tags_are_filtered_by_any_of_their_names(library: Searcher) -> None:
    library.add("/s/a.wav", [0, 0], tags=[("esc50/dog", 0.9, "auto")])
    library.add("/s/b.wav", [0, 0], tags=[("esc50/dog", 0.9, "rejected")])
    library.add("/s/c.wav", [0, 0], tags=[("My Tag", 1.0, "user")])
    for name in ("esc50/dog", "dog", "Dog", "犬", "いぬ"):
        assert library.names(filters=Filters(tags=(name,))) == ["a.wav"]
    assert library.names(filters=Filters(tags=("my tag",))) == ["c.wav"]
    assert library.names(filters=Filters(without_tags=("dog",))) == ["b.wav", "c.wav"]
    assert library.names(filters=Filters(tags=("dog", "my tag"))) == []
    assert library.names(filters=Filters(tags=("esc50/cat",))) == []


def test_wanted_tags_alone_rank_by_their_least_score(library: Searcher) -> None:
    library.add("/s/a.wav", [0, 0], tags=[("esc50/dog", 0.4, "auto")])
    library.add("/s/b.wav", [0, 0], tags=[("esc50/dog", 0.9, "auto"), ("esc50/rain", 0.3, "auto")])
    library.add("/s/c.wav", [0, 0], tags=[("esc50/dog", 0.6, "auto"), ("esc50/rain", 0.5, "auto")])
    library.add("/s/d.wav", [0, 0], tags=[("esc50/dog", 1.0, "rejected")])
    hits = library.hits(filters=Filters(tags=("犬",)))
    assert [hit.path.name for hit in hits] == ["b.wav", "c.wav", "a.wav"]
    assert [round(hit.distance, 6) for hit in hits] == [0.1, 0.4, 0.6]
    hits = library.hits(filters=Filters(tags=("dog", "雨")))
    assert [(hit.path.name, hit.distance) for hit in hits] == [("c.wav", 0.5), ("b.wav", 0.7)]


def test_an_unknown_tag_is_refused_with_the_nearest(library: Searcher) -> None:
    library.add("/s/a.wav", [0, 0], tags=[("whoosh", 1.0, "user")])
    with pytest.raises(QueryError, match="did you mean 'whoosh'"):
        library.hits(filters=Filters(tags=("woosh",)))


def test_formats_folders_rates_and_channels(library: Searcher) -> None:
    library.add("/a/雨/x.flac", [0, 0], format="FLAC", sample_rate_hz=96000)
    library.add("/a/b/y.opus", [0, 0], format="OGG", subtype="OPUS", channels=2)
    library.add("/a/bc/100%_z.WAV", [0, 0], format="RF64")
    found = {
        Filters(formats=("flac",)): ["x.flac"],
        Filters(formats=(".wav", "FLAC")): ["100%_z.WAV", "x.flac"],
        Filters(formats=("opus",)): ["y.opus"],
        Filters(formats=("ogg",)): ["y.opus"],
        Filters(sample_rates_hz=(96000, 8000)): ["x.flac"],
        Filters(channels=(2,)): ["y.opus"],
        Filters(folders=("/a/b",)): ["y.opus"],
        Filters(folders=("/a/",)): ["100%_z.WAV", "x.flac", "y.opus"],
        Filters(folders=("b", "雨")): ["x.flac", "y.opus"],
        Filters(folders=("/b",)): [],
        Filters(folders=("a/b",)): ["y.opus"],
        Filters(folders=("%",)): [],
    }
    for filters, names in found.items():
        assert library.names(filters=filters) == names, filters


@pytest.fixture(scope="module")
def random_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    library = Searcher(tmp_path_factory.mktemp("random"))
    generator = np.random.default_rng(0)
    rows: list[Any] = []
    for at in range(300):
        word = ("rain", "wind", "雨", "door")[at % 4]
        tag = ("esc50/dog", "esc50/rain", "other")[at % 3]
        columns = {"duration_s": at / 10, "missing": int(at % 11 == 0), "channels": at % 2 + 1}
        vectors = generator.standard_normal((at % 3 + 1, 4))
        rows.append((f"/s/{word}_{at:03d}.wav", vectors, [(tag, 0.5, "auto")], columns))
    library.rows.add_many(rows)
    yield library


@settings(max_examples=60, deadline=None)
@given(
    example=st.booleans(),
    word=st.sampled_from([None, "rain", "door, wind", "-rain", '"雨" -dog']),
    shortest=st.sampled_from([None, 5.0]),
    tag=st.sampled_from([None, "dog", "other"]),
    channels=st.sampled_from([(), (2,)]),
    limit=st.sampled_from([1, 7, 1000]),
)
def test_all_conditions_combine(
    random_library: Searcher,
    example: bool,
    word: str | None,
    shortest: float | None,
    tag: str | None,
    channels: tuple[int, ...],
    limit: int,
) -> None:
    in_words = {
        None: lambda at: True,
        "rain": lambda at: at % 4 in (0, 2) or at % 3 == 1,
        "door, wind": lambda at: at % 4 in (1, 3),
        "-rain": lambda at: at % 4 not in (0, 2) and at % 3 != 1,
        '"雨" -dog': lambda at: (at % 4 == 2 or at % 3 == 1) and at % 3 != 0,
    }
    expected = {
        at
        for at in range(300)
        if at % 11 != 0
        and in_words[word](at)
        and (shortest is None or at / 10 >= shortest)
        and (tag is None or ("dog", "rain", "other")[at % 3] == tag)
        and (not channels or at % 2 == 1)
    }
    filters = Filters(tags=(tag,) if tag else (), min_duration_s=shortest, channels=channels)
    query = vector(0.1, 0.2, 0.3, 0.4) if example else None
    hits = random_library.hits(vectors=query, text=word, filters=filters, limit=limit)
    found = [int(hit.path.stem[-3:]) for hit in hits]
    assert len(set(found)) == len(found) == min(limit, len(expected))
    assert set(found) <= expected
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    distances = [hit.distance for hit in hits]
    assert distances == sorted(distances)
    if query is not None and found:
        rows = random_library.index.rows
        gaps = np.linalg.norm(rows.vectors - query, axis=1)
        best = {at: gaps[rows.sound_ids == at + 1].min() for at in expected}
        nearest = sorted(best, key=lambda at: best[at])[:limit]
        assert found == nearest


def test_the_same_search_gives_the_same_answer(random_library: Searcher) -> None:
    request = {"vectors": vector(1, 2, 3, 4), "text": "rain, door", "limit": 50}
    assert random_library.hits(**request) == random_library.hits(**request)


@pytest.mark.parametrize(
    ("request_values", "part"),
    [
        ({"limit": 0}, "1 or more"),
        ({"metric": "manhattan", "vectors": np.ones(4)}, "no metric 'manhattan'"),
        ({"vectors": np.ones(5)}, "size 4"),
        ({"vectors": np.ones(4), "pca": 5}, "between 1 and 4"),
        ({"text": '"open'}, "not closed"),
    ],
)
def test_impossible_requests_are_refused(
    random_library: Searcher, request_values: dict[str, Any], part: str
) -> None:
    with pytest.raises(QueryError, match=part) as caught:
        random_library.hits(**request_values)
    assert "\n" not in str(caught.value)


def test_an_empty_library_has_no_hits(library: Searcher) -> None:
    for request in ({"vectors": vector(1, 2)}, {"text": "rain"}, {"text": "-rain"}, {}):
        assert library.hits(**request) == []
