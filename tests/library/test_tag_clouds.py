"""Clouds of vectors by tag, on a library of real files and the placeholder encoder."""

from pathlib import Path

import numpy as np
import pytest

from kikimimi.audio.writing import write_wav
from kikimimi.errors import QueryError
from kikimimi.library.library import Library
from kikimimi.types import Clip

NAMES = ("a.wav", "b.wav", "c.wav", "long.wav")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("sounds")
    generator = np.random.default_rng(0)
    for name in NAMES:
        length = 16000 * (20 if name == "long.wav" else 1)
        samples = 0.1 * generator.standard_normal((1, length)).astype(np.float32)
        write_wav(folder / name, Clip(samples, 16000))
    with Library(folder / "l.kikimimi", encoder="placeholder") as opened:
        opened.index([folder], workers=1)
        opened.add_tag([folder / name for name in NAMES], "noise")
        opened.add_tag([folder / "a.wav", folder / "long.wav"], "two")
        opened.add_tag([folder / "b.wav"], "one")
        yield opened


def _vectors(library: Library, name: str) -> np.ndarray:
    return np.stack([e.embedding.vector for e in library.embeddings() if e.path.name == name])


def test_one_vector_a_sound_the_mean_of_its_windows(library: Library) -> None:
    cloud = library.tag_clouds(["two"])["two"]
    expected = [_vectors(library, name).mean(0) for name in ("a.wav", "long.wav")]
    assert len(_vectors(library, "long.wav")) > 1
    np.testing.assert_allclose(cloud, expected, rtol=1e-6)


def test_the_most_frequent_tags_come_first(library: Library) -> None:
    clouds = library.tag_clouds(min_score=1.0)
    assert list(clouds) == ["noise", "two", "one"]
    assert [len(cloud) for cloud in clouds.values()] == [4, 2, 1]
    assert list(library.tag_clouds(min_score=1.0, top=1)) == ["noise"]


def test_of_many_sounds_some_are_drawn_always_the_same(library: Library) -> None:
    first, again = (library.tag_clouds(["noise"], most=2)["noise"] for _ in range(2))
    assert len(first) == 2
    np.testing.assert_array_equal(first, again)


def test_an_unknown_tag_names_the_nearest(library: Library) -> None:
    with pytest.raises(QueryError, match="did you mean 'noise'"):
        library.tag_clouds(["nois"])


def test_a_tag_of_the_vocabulary_that_no_sound_has_is_empty(library: Library) -> None:
    assert library.tag_clouds(["church bells"])["church bells"].shape == (0, 0)


def test_a_tag_that_was_taken_away_does_not_count(library: Library) -> None:
    sound = library.path.parent / "b.wav"
    library.add_tag([sound], "passing")
    library.remove_tag([sound], "passing")
    assert len(library.tag_clouds(["passing"])["passing"]) == 0


def test_a_missing_sound_does_not_count(tmp_path: Path, library: Library) -> None:
    folder = tmp_path / "sounds"
    folder.mkdir()
    for name in ("a.wav", "b.wav"):
        (folder / name).write_bytes((library.path.parent / name).read_bytes())
    with Library(tmp_path / "l.kikimimi", encoder="placeholder") as opened:
        opened.index([folder], workers=1)
        opened.add_tag([folder / "a.wav", folder / "b.wav"], "noise")
        (folder / "b.wav").unlink()
        opened.index([folder], workers=1)
        assert len(opened.tag_clouds(["noise"])["noise"]) == 1
