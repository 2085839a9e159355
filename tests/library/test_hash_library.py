"""`Library.index(hash_bits=...)` and `use_hash`: what a library remembers of its codes."""

from pathlib import Path

import numpy as np
import pytest

from kikimimi.audio.writing import write_wav
from kikimimi.errors import EncoderError
from kikimimi.library import vector_index
from kikimimi.library.library import Library
from kikimimi.types import Clip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    generator = np.random.default_rng(0)
    for number in range(12):
        samples = generator.standard_normal((1, 8000)) * np.linspace(0.01, 0.3, 12)[number]
        path = tmp_path / "sounds" / f"{number}.wav"
        path.parent.mkdir(exist_ok=True)
        write_wav(path, Clip(samples.astype(np.float32), 16000))
    return tmp_path / "sounds"


def test_a_library_remembers_its_codes(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library(tmp_path / "l.kikimimi", encoder="placeholder") as library:
        library.index([folder], workers=1)
        assert library.hash_bits == 0
        assert library.hash_recall() is None
        exact = library.search(like=1, limit=5)
        library.use_hash(64)
        assert library.hash_recall() is None  # so small a library is searched exactly
    monkeypatch.setattr(vector_index, "_FEW_ROWS", 0)
    with Library(tmp_path / "l.kikimimi") as library:
        assert library.hash_bits == 64
        assert library.search(like=1, limit=5) == exact
        recall = library.hash_recall()
        assert recall is not None and recall.recall == 1.0
        library.use_hash(0)
        assert library.hash_bits == 0
        assert library.search(like=1, limit=5) == exact


def test_indexing_again_keeps_or_changes_the_length(tmp_path: Path, folder: Path) -> None:
    with Library(tmp_path / "l.kikimimi", encoder="placeholder") as library:
        library.index([folder], workers=1, hash_bits=64)
        assert library.hash_bits == 64
        library.index([folder], workers=1)
        assert library.hash_bits == 64
        report = library.index([folder], workers=1, hash_bits=32)
        assert (library.hash_bits, report.unchanged) == (32, 12)


def test_a_length_that_the_encoder_lacks_is_refused_before_anything_is_made(
    tmp_path: Path, folder: Path
) -> None:
    path = tmp_path / "l.kikimimi"
    with pytest.raises(EncoderError, match="16, 32, 48, 64, 128"):
        Library(path, encoder="placeholder").index([folder], hash_bits=24)
    assert not path.exists()
    with Library(path, encoder="placeholder") as library:
        library.index([folder], workers=1, hash_bits=16)
        with pytest.raises(EncoderError):
            library.use_hash(24)
        assert library.hash_bits == 16


def test_a_setting_that_is_no_number_counts_as_none(tmp_path: Path) -> None:
    with Library(tmp_path / "l.kikimimi", encoder="placeholder") as library:
        library.create(hash_bits=64)
        with library.database.writing() as connection:
            connection.exec_driver_sql("UPDATE settings SET value = 'x' WHERE key = 'hash_bits'")
        assert library.hash_bits == 0
