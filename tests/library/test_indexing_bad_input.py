"""Bad files: one line each with the reason, the rest goes in, and nothing is read twice."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from indexing_helpers import names, new_library, write_sound

from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.file_embedding import EmbeddedFile, embed_file
from kikimimi.library import file_reading
from kikimimi.library.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with new_library(tmp_path) as made:
        yield made


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_sound(tmp_path / "sounds" / "good.wav")
    return tmp_path / "sounds"


def write_floats(path: Path, samples: np.ndarray, rate_hz: int = 16000) -> None:
    soundfile.write(path, samples.astype(np.float32), rate_hz, subtype="FLOAT")


def truncated(path: Path) -> None:
    whole = write_sound(path, seconds=3).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


BAD_FILES: dict[str, Callable[[Path], object]] = {
    "empty.wav": lambda path: path.touch(),
    "truncated.wav": truncated,
    "random.wav": lambda path: path.write_bytes(np.random.default_rng(0).bytes(4000)),
    "random.mp3": lambda path: path.write_bytes(np.random.default_rng(1).bytes(4000)),
    "text.wav": lambda path: path.write_text("This is not a sound.\n" * 20),
    "nan.wav": lambda path: write_floats(path, np.full(16000, np.nan)),
    "inf.wav": lambda path: write_floats(path, np.full(16000, np.inf)),
    "no samples.wav": lambda path: write_floats(path, np.zeros(0)),
    "folder.wav": lambda path: path.mkdir(),
    "loop.wav": lambda path: path.symlink_to(path),
    "dead.wav": lambda path: path.symlink_to(path.parent / "nothing.wav"),
    "two\nlines.wav": lambda path: path.write_text("bad"),
    "雨の音.wav": lambda path: path.write_text("bad"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_one_line_and_the_batch_goes_on(
    library: Library, root: Path, name: str
) -> None:
    BAD_FILES[name](root / name)
    for _ in range(2):
        report = library.index([root])
        assert [failure.path for failure in report.failures] == [root / name]
        reason = report.failures[0].reason
        assert reason and "\n" not in reason and str(root) not in reason
        assert names(library) == {"good.wav"}


ODD_FILES: dict[str, Callable[[Path], object]] = {
    "one sample.wav": lambda path: write_floats(path, np.array([0.5])),
    "silence.wav": lambda path: write_floats(path, np.zeros(16000)),
    "32 channels.wav": lambda path: write_floats(path, np.full((8000, 32), 0.1)),
    "384 kHz.wav": lambda path: write_floats(path, np.full(38400, 0.1), 384000),
    "8 bit.wav": lambda path: soundfile.write(path, np.zeros(8000), 8000, subtype="PCM_U8"),
    "日本語　の 名前.wav": write_sound,
    "two\nlines\r.wav": write_sound,
    "x" * 251 + ".wav": write_sound,
    "\udcff\udcfe.wav": write_sound,
    "quote'\"%_;.WAV": write_sound,
}


@pytest.mark.parametrize("name", ODD_FILES)
def test_an_odd_file_is_taken_in(library: Library, root: Path, name: str) -> None:
    ODD_FILES[name](root / name)
    report = library.index([root])
    assert (report.added, report.failures) == (2, ())
    sound = library.sound(root / name)
    assert sound.path.name == name
    assert sound.name.isprintable() or "\u3000" in sound.name
    library.add_tag([root / name], "odd")
    assert library.tags_of(sound.id)[0].name == "odd"


def test_an_unchanged_bad_file_is_named_again_but_not_read(
    library: Library, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "bad.wav").write_text("bad")
    first = library.index([root]).failures

    def refuse(path: Path, encoder: Encoder, *, measure: bool) -> EmbeddedFile:
        raise AssertionError(path)

    with monkeypatch.context() as patch:
        patch.setattr(file_reading, "embed_file", refuse)
        assert library.index([root]).failures == first
    seen: list[str] = []

    def watch(path: Path, encoder: Encoder, *, measure: bool) -> EmbeddedFile:
        seen.append(path.name)
        return embed_file(path, encoder, measure=measure)

    monkeypatch.setattr(file_reading, "embed_file", watch)
    assert library.index([root], retry_failed=True).failures == first
    assert seen == ["bad.wav"]


def test_a_bad_file_that_is_mended_goes_in(library: Library, root: Path) -> None:
    (root / "bad.wav").write_text("bad")
    library.index([root])
    write_sound(root / "bad.wav", seed=3)
    report = library.index([root])
    assert (report.added, report.failures) == (1, ())
    assert library.index([root]).failures == ()


def test_a_bad_file_that_is_deleted_is_forgotten(library: Library, root: Path) -> None:
    (root / "bad.wav").write_text("bad")
    library.index([root])
    (root / "bad.wav").unlink()
    assert library.index([root]).failures == ()


def test_a_sound_whose_file_went_bad_keeps_its_tags_until_it_is_mended(
    library: Library, root: Path
) -> None:
    library.index([root])
    path = root / "good.wav"
    status, content = path.stat(), path.read_bytes()
    library.add_tag([path], "roof")
    path.write_text("bad")
    for _ in range(2):
        assert [failure.path for failure in library.index([root]).failures] == [path]
        assert library.sound(path).missing
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert library.index([root]).failures == ()
    assert library.index([root]).failures == ()
    assert not library.sound(path).missing
    assert library.tags_of(path)[0].name == "roof"


def test_a_file_that_may_not_be_read_is_tried_again(
    library: Library, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_sound(root / "locked.wav", seed=4)

    def refuse(path: Path) -> str:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(file_reading, "hash_file", refuse)
        assert len(library.index([root]).failures) == 2
    report = library.index([root])
    assert (report.added, report.failures) == (2, ())
