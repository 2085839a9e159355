"""kill -9, full disks: what was acknowledged is there, and the end is as if nothing happened."""

import os
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from indexing_helpers import contents, new_library, write_sound

from kikimimi.encoders.registry import load_encoder
from kikimimi.errors import LibraryError
from kikimimi.library import ingest, writer
from kikimimi.library.library import Library

FILES = 320
KILLS = 20


def index_and_tell(library: Path, root: Path, workers: int, answers: Connection) -> None:
    """What a process does that is going to be killed; it tells how many sounds it found safe."""

    def progress(done: int, total: int, path: Path, audio_seconds: float) -> None:
        with Library(library) as reader:
            answers.send(len(list(reader.sounds())))

    with Library(library, encoder="placeholder") as indexer:
        indexer.index([root], workers=workers, progress=progress)


def kill_at_some_moment(
    library: Path, root: Path, *, workers: int, commits: int, delay_s: float
) -> int:
    """Index in another process and kill -9 it; the last number of sounds that it told of."""
    answers, channel = Pipe(duplex=False)
    process = get_context("fork").Process(
        target=index_and_tell, args=(library, root, workers, channel)
    )
    process.start()
    channel.close()
    told = 0
    try:
        for _ in range(commits):
            told = answers.recv()
        time.sleep(delay_s)
        process.kill()
        while True:
            told = answers.recv()
    except EOFError:
        process.join()
    return told


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sounds")
    for seed in range(FILES):
        write_sound(folder / f"{seed % 7}" / f"{seed:03d}.wav", seed=seed, seconds=0.1 + seed % 9)
    return folder


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this test forks")
def test_killed_twenty_times_and_resumed_equals_undisturbed(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_FILES_PER_COMMIT", 8)
    monkeypatch.setattr(ingest, "_FILES_PER_WORKER", 1)
    load_encoder("placeholder")  # here, so that no fork spends its time on imports
    path = tmp_path / "killed.kikimimi"
    generator = random.Random(0)
    told: list[int] = []
    for round_number in range(KILLS):
        told.append(
            kill_at_some_moment(
                path,
                root,
                workers=2 if round_number == KILLS // 2 else 1,
                commits=generator.randint(0, 3) if round_number else 0,
                delay_s=generator.uniform(0, 0.05),
            )
        )
        if path.exists():
            with Library(path) as library:
                library.check()
                assert len(list(library.sounds())) >= max(told)
    assert len({*told} - {0, FILES}) >= KILLS // 3, "the kills did not hit the work"
    with Library(path, encoder="placeholder") as library, new_library(tmp_path) as undisturbed:
        resumed = library.index([root], workers=1)
        assert resumed.added + resumed.unchanged == FILES
        undisturbed.index([root], workers=1)
        library.check()
        assert contents(library) == contents(undisturbed)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(folder)]
    if mount is None or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("a small file system cannot be mounted here (this needs root)")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_named_and_keeps_what_was_committed(
    root: Path, small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_FILES_PER_COMMIT", 8)
    done = [0]
    with Library(small_disk / "l", encoder="placeholder") as library:
        with pytest.raises(LibraryError, match="full") as caught:
            library.index([root], workers=1, progress=lambda d, t, p, a: done.append(d))
        assert "\n" not in str(caught.value)
    assert done[-1] > 0
    shutil.copytree(small_disk, tmp_path / "copy")
    with Library(tmp_path / "copy" / "l") as library:
        library.check()
        assert len(list(library.sounds())) == done[-1]
        assert library.index([root], workers=1).unchanged == done[-1]
        assert len(contents(library)) == FILES


def test_a_full_disk_at_the_start(root: Path, small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(b"x" * 590_000)
    with pytest.raises(LibraryError, match=r"full|space"):
        Library(small_disk / "l", encoder="placeholder").index([root])
    assert not (small_disk / "l").exists()
