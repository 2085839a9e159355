"""Indexing as a job."""

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kikimimi.errors import QueryError
from kikimimi.library.library import Library
from kikimimi.paths import display_path
from kikimimi.processors import usable_cores
from kikimimi.web.jobs import Job, Work
from kikimimi.web.settings import ServerSettings
from kikimimi.web.space.layouts import make_components


def check_roots(roots: Sequence[Path]) -> None:
    """Check that there are such folders before a job is begun.

    Raises:
        QueryError: one is no folder that can be read.
    """
    for root in roots:
        try:
            found = root.is_dir() and os.access(root, os.R_OK | os.X_OK)
        except OSError:
            found = False
        if not found:
            raise QueryError(f"{display_path(root)}: is no folder that can be read; check the path")


def index_work(
    library: Library, roots: Sequence[Path], settings: ServerSettings, *, retry_failed: bool
) -> Work:
    """The work of a job that takes folders in; stopped and started again, it goes on.

    A stop is raised where progress is told, which is after a commit: nothing is half written.
    """
    # One core is left to those who listen meanwhile; but in two processes or more, so that a file
    # that crashes its decoder cannot end the server.
    workers = settings.index_workers or max(2, usable_cores() - 1)

    def work(job: Job) -> dict[str, Any]:
        report = library.index(
            roots, workers=workers, progress=job.progress, retry_failed=retry_failed
        )
        make_components(library)
        for failure in report.failures:
            job.fail(failure.path, failure.reason)
        return {key: value for key, value in asdict(report).items() if key != "failures"}

    return work
