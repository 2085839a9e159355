"""Worker processes: the same library as without them, and crashes that harm one file only."""

import os
from pathlib import Path
from typing import Any, Self

import pytest
from indexing_helpers import contents, new_library, write_sound

from kikimimi.library import ingest, worker_pool, writer
from kikimimi.library.library import Library
from kikimimi.library.worker_pool import WorkerPool

CRASH_ON_OPENING = """
import os, pathlib, signal, sys

def die(event, arguments):
    if event != "open" or "--c" in sys.orig_argv or "kikimimi.library.worker" not in sys.orig_argv:
        return
    name = os.path.basename(os.fsdecode(arguments[0])) if not isinstance(arguments[0], int) else ""
    marker = pathlib.Path({folder!r}) / "died"
    if name == "killer.wav" or (name == "once.wav" and not marker.exists()):
        if name == "once.wav":
            marker.mkdir()
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(die)
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of which two kill whoever opens them, one of these only the first time."""
    folder = tmp_path / "sounds"
    for seed in range(30):
        write_sound(folder / f"{seed:02d}.wav", seed=seed, seconds=0.1 + seed / 10)
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(CRASH_ON_OPENING.format(folder=str(tmp_path)))
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setattr(ingest, "_FILES_PER_WORKER", 1)
    return folder


def test_workers_make_the_same_library_as_one_process(root: Path, tmp_path: Path) -> None:
    with new_library(tmp_path) as library, Library(tmp_path / "b", encoder="placeholder") as other:
        assert library.index([root], workers=1).added == 30
        assert other.index([root], workers=2).added == 30
        assert contents(library) == contents(other)


def test_a_crash_costs_one_file_and_only_if_it_happens_again(root: Path, tmp_path: Path) -> None:
    write_sound(root / "killer.wav", seed=40)
    write_sound(root / "once.wav", seed=41)
    (root / "bad.wav").write_text("bad")
    with new_library(tmp_path) as library:
        report = library.index([root], workers=2)
        assert report.added == 31
        reasons = {failure.path.name: failure.reason for failure in report.failures}
        assert reasons.keys() == {"killer.wav", "bad.wav"}
        assert reasons["killer.wav"] == "the decoder crashed on this file"
        again = library.index([root], workers=2)
        assert (again.added, again.unchanged, len(again.failures)) == (0, 31, 2)
        library.check()


def test_workers_use_one_thread_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    assert worker_pool.worker_environment()["OMP_NUM_THREADS"] == "1"
    assert os.environ["OMP_NUM_THREADS"] == "7"


def test_ctrl_c_ends_the_workers_and_keeps_what_is_done(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pools: list[Any] = []
    monkeypatch.setattr(writer, "_FILES_PER_COMMIT", 4)

    class Watched(WorkerPool):
        def __enter__(self) -> Self:
            pools.append(self)
            return super().__enter__()

        def __exit__(self, *error: Any) -> None:
            self.processes = [worker._process for worker in self._workers]
            super().__exit__(*error)

    def interrupt(done: int, total: int, path: Path, audio_seconds: float) -> None:
        if done:
            raise KeyboardInterrupt

    monkeypatch.setattr(ingest, "WorkerPool", Watched)
    with new_library(tmp_path) as library:
        with pytest.raises(KeyboardInterrupt):
            library.index([root], workers=2, progress=interrupt)
        assert len(pools[0].processes) == 2
        assert all(process.poll() is not None for process in pools[0].processes)
        done = len(list(library.sounds()))
        assert 0 < done < 30
        report = library.index([root], workers=1)
        assert (report.added, report.unchanged) == (30 - done, done)
