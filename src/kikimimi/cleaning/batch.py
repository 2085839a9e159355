"""Cleaning many recordings at once, one process each, so that a bad one stops no other."""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from kikimimi.audio.native_messages import silence_native_messages
from kikimimi.cleaning.recordings import Cleaned, Heard, Job, clean_recording
from kikimimi.errors import AudioError, KikimimiError
from kikimimi.paths import display_path

Outcome = Cleaned | KikimimiError


def clean_all(
    jobs: Sequence[Job], *, workers: int, heard: Heard | None = None
) -> Iterator[tuple[Job, Outcome]]:
    """Clean recordings, and yield what became of each as soon as it is known.

    Args:
        jobs: the recordings; no two may have one target.
        workers: how many processes to use; with 1, or for one recording, this one does the work.
        heard: told how far a recording is, if this process does the work.
    """
    if workers == 1 or len(jobs) == 1:
        for job in jobs:
            yield job, _outcome(job, heard)
        return
    waiting = list(jobs)
    for job, outcome in _in_processes(waiting, min(workers, len(jobs))):
        waiting.remove(job)
        yield job, outcome
    # A process that died took the others with it: what is left is done one by one.
    for job in waiting:
        outcomes = [outcome for _, outcome in _in_processes([job], 1)]
        yield job, outcomes[0] if outcomes else _died(job)


def _in_processes(jobs: Sequence[Job], workers: int) -> Iterator[tuple[Job, Outcome]]:
    """What processes made of the jobs, until all are done or a process died."""
    pool = ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=silence_native_messages,
    )
    try:
        futures: dict[Future[Outcome], Job] = {pool.submit(_outcome, job): job for job in jobs}
        for future in as_completed(futures):
            try:
                outcome = future.result()
            except BrokenProcessPool:
                return
            yield futures[future], outcome
    finally:
        pool.shutdown(cancel_futures=True)


def _outcome(job: Job, heard: Heard | None = None) -> Outcome:
    try:
        return clean_recording(job, heard=heard)
    except KikimimiError as error:
        return error


def _died(job: Job) -> AudioError:
    return AudioError(
        f"{display_path(job.source)}: the process that cleaned it died, perhaps for want of "
        "memory; clean it alone"
    )
