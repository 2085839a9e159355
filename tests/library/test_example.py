import os
from pathlib import Path

import numpy as np
import pytest
from indexing_helpers import write_sound

from kikimimi.encoders.file_embedding import embed_file
from kikimimi.encoders.registry import load_encoder
from kikimimi.errors import AudioError, QueryError
from kikimimi.library import example as example_module
from kikimimi.library.example import Example, example_vectors
from kikimimi.library.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    for seed, seconds in ((1, 0.5), (2, 5.0)):
        write_sound(tmp_path / "sounds" / f"{seed}.wav", seed=seed, seconds=seconds)
    opened = Library(tmp_path / "test.kikimimi", encoder="placeholder")
    opened.index([tmp_path / "sounds"], workers=1)
    return opened


def _vectors(library: Library, example: Example) -> np.ndarray:
    with library.database.reading() as connection:
        return example_vectors(connection, example, library.encoder)


def _forbid_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **options: object) -> None:
        pytest.fail("the file was decoded")

    for name in ("embed_file", "read_clip"):
        monkeypatch.setattr(example_module, name, fail)


@pytest.mark.parametrize("name", ["1.wav", "2.wav"])
def test_a_sound_of_the_library_is_not_decoded(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = tmp_path / "sounds" / name
    expected = embed_file(path, load_encoder("placeholder")).vectors
    link = tmp_path / "link.wav"
    link.symlink_to(path)
    _forbid_decoding(monkeypatch)
    for reference in (path, link, os.path.relpath(path), library.sound(path).id):
        np.testing.assert_array_equal(_vectors(library, Example(reference)), expected)


def test_a_file_that_changed_since_is_decoded(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "sounds" / "1.wav"
    before = _vectors(library, Example(path))
    write_sound(path, seed=9, seconds=0.7)
    after = _vectors(library, Example(path))
    assert not np.array_equal(before, after)
    np.testing.assert_array_equal(after, embed_file(path, load_encoder("placeholder")).vectors)


def test_a_stretch_is_what_lies_in_it(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "sounds" / "2.wav"
    windows = _vectors(library, Example(path))
    assert len(windows) > 1
    first = _vectors(library, Example(path, end_s=2.0))  # as long as a window
    np.testing.assert_allclose(first, windows[:1], atol=1e-6)
    by_id = _vectors(library, Example(library.sound(path).id, start_s=1.0, end_s=1.5))
    assert by_id.shape == (1, windows.shape[1])


@pytest.mark.parametrize(
    ("start_s", "end_s", "error"), [(2, 1, QueryError), (1, 1, QueryError), (60, None, AudioError)]
)
def test_an_impossible_stretch_is_refused(
    library: Library, tmp_path: Path, start_s: float, end_s: float | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        _vectors(library, Example(tmp_path / "sounds" / "1.wav", start_s=start_s, end_s=end_s))


def test_what_is_nowhere_is_refused(library: Library, tmp_path: Path) -> None:
    with pytest.raises(QueryError):
        _vectors(library, Example(99))
    with pytest.raises(AudioError, match=r"absent\.wav"):
        _vectors(library, Example(tmp_path / "absent.wav"))
