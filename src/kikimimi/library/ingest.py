"""Bringing a library up to date with folders on disk.

Scan, compare, read what is new, write: only this process writes, and only commits count. An
interrupted run loses what was not committed, and the next run goes on from there.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from kikimimi.encoders.contract import Encoder
from kikimimi.errors import LibraryError
from kikimimi.library import store
from kikimimi.library.database import Database
from kikimimi.library.file_outcomes import FileTask, Outcome
from kikimimi.library.file_reading import read_file
from kikimimi.library.measures import unmeasured_sounds
from kikimimi.library.planning import Plan, make_plan
from kikimimi.library.records import IndexProgress, IndexReport
from kikimimi.library.scanning import scan
from kikimimi.library.worker_pool import WorkerPool
from kikimimi.library.writer import Writer
from kikimimi.processors import usable_cores

_FILES_PER_WORKER = 32
_BYTES_PER_WORKER = 8 << 20
"""Less work than this is done here before another process has started."""

Outcomes = Iterator[tuple[FileTask, Outcome] | None]


def index_folders(
    database: Database,
    roots: Iterable[Path],
    *,
    load_encoder: Callable[[], Encoder],
    workers: int | None = None,
    progress: IndexProgress | None = None,
    retry_failed: bool = False,
) -> IndexReport:
    """Take the sounds under `roots` into the library; the caller holds the indexing lock.

    Args:
        database: the library.
        roots: folders to walk and files to take.
        load_encoder: gives the library's encoder; called only if there is something to read.
        workers: the most processes to use; 1 reads in this one, None uses every core.
        progress: told after each commit.
        retry_failed: read bad files again although they have not changed.

    Raises:
        LibraryError: the library cannot be written, or `workers` is below 1.
    """
    if workers is not None and workers < 1:
        raise LibraryError(f"indexing needs at least one worker, but got {workers}")
    started = time.monotonic()
    plan = _plan(database, roots, retry_failed=retry_failed)
    writer = Writer(database, plan, progress)
    if plan.tasks:
        most = workers or usable_cores()
        _read_all(database, plan.tasks, writer, encoder=load_encoder(), most_workers=most)
    return IndexReport(
        added=writer.counts["added"],
        updated=writer.counts["updated"],
        moved=writer.counts["moved"],
        unchanged=plan.unchanged + writer.counts["unchanged"],
        missing=len(set(plan.gone) - writer.found_again),
        failures=tuple(sorted(plan.failures + writer.failures)),
        audio_seconds=writer.audio_seconds,
        seconds=time.monotonic() - started,
        measured=writer.counts["measured"],
    )


def measure_sounds(
    database: Database,
    *,
    load_encoder: Callable[[], Encoder],
    workers: int | None = None,
    progress: IndexProgress | None = None,
) -> IndexReport:
    """Measure the present sounds that never were, wherever they lie; arguments as `index_folders`.

    Those that cannot be decoded now are named and keep all they have.
    """
    started = time.monotonic()
    plan = Plan()
    with database.reading() as connection:
        unmeasured = unmeasured_sounds(connection)
        for file in store.known_files(connection) if unmeasured else ():
            if file.id in unmeasured:
                plan.sound_ids[file.path_key] = file.id
                plan.tasks.append(FileTask(file.path_key, file.state, measure=True))
    writer = Writer(database, plan, progress)
    if plan.tasks:
        most = workers or usable_cores()
        _read_all(database, plan.tasks, writer, encoder=load_encoder(), most_workers=most)
    return IndexReport(
        unchanged=len(plan.tasks),
        failures=tuple(sorted(writer.failures)),
        audio_seconds=writer.audio_seconds,
        seconds=time.monotonic() - started,
        measured=writer.counts["measured"],
    )


def _plan(database: Database, roots: Iterable[Path], *, retry_failed: bool) -> Plan:
    found = scan(roots)
    with database.reading() as connection:
        failures = {} if retry_failed else store.read_failures(connection)
        plan = make_plan(
            found,
            store.known_files(connection),
            failures,
            unmeasured_sounds(connection),
        )
    if plan.gone or plan.returned or plan.outdated_failures:
        with database.writing() as connection:
            store.set_missing(connection, plan.gone, missing=True)
            store.set_missing(connection, plan.returned, missing=False)
            store.forget_failures(connection, plan.outdated_failures)
    return plan


def _read_all(
    database: Database,
    tasks: list[FileTask],
    writer: Writer,
    *,
    encoder: Encoder,
    most_workers: int,
) -> None:
    """Read every task, and those that have to be done again, through one set of workers."""
    count = min(most_workers, _useful_workers(tasks))
    with WorkerPool(count, encoder=encoder, library=database.path) as pool:
        while tasks:
            outcomes = pool.run(tasks) if count > 1 else _read_here(database, tasks, encoder)
            _write_all(outcomes, writer)
            tasks, writer.redo = writer.redo, []


def _write_all(outcomes: Outcomes, writer: Writer) -> None:
    try:
        for item in outcomes:
            if item is None:
                writer.idle()
            else:
                writer.take(*item)
    except KeyboardInterrupt:
        writer.flush()
        raise
    writer.flush()


def _read_here(database: Database, tasks: list[FileTask], encoder: Encoder) -> Outcomes:
    def is_known(content_hash: str) -> bool:
        with database.reading() as connection:
            return store.has_content(connection, content_hash)

    for task in tasks:
        yield task, read_file(task, encoder, is_known)


def _useful_workers(tasks: list[FileTask]) -> int:
    size_bytes = sum(task.state.size_bytes for task in tasks)
    return min(len(tasks), max(len(tasks) // _FILES_PER_WORKER, size_bytes // _BYTES_PER_WORKER))
