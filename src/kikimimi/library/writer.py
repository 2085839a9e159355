"""Putting the outcomes of reading into the library, many in one commit."""

import os
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from kikimimi.library import store
from kikimimi.library.database import Database
from kikimimi.library.file_reading import Content, FileTask, Known, Outcome, Unreadable
from kikimimi.library.planning import Plan
from kikimimi.library.records import Failure, IndexProgress, Sound
from kikimimi.library.scanning import file_state

_FILES_PER_COMMIT = 64
_SECONDS_PER_COMMIT = 1.0


class Writer:
    """Collects outcomes and commits them; each commit leaves a consistent library.

    `counts` (added, updated, moved, unchanged), `failures` and `audio_seconds` tell of committed
    files only. `redo` holds tasks whose content turned out not to be known after all.
    """

    def __init__(self, database: Database, plan: Plan, progress: IndexProgress | None) -> None:
        self.counts: Counter[str] = Counter()
        self.failures: list[Failure] = []
        self.found_again: set[int] = set()
        self.audio_seconds = 0.0
        self.redo: list[FileTask] = []
        self._database = database
        self._progress = progress
        self._sound_ids = plan.sound_ids
        self._total = len(plan.tasks)
        self._unread = {task.path_key for task in plan.tasks}
        self._done = 0
        self._buffer: list[tuple[FileTask, Outcome]] = []
        self._last_commit = time.monotonic()

    def take(self, task: FileTask, outcome: Outcome) -> None:
        """Accept what came of a file; commits when it is time."""
        self._buffer.append((task, outcome))
        self.tick()

    def tick(self) -> None:
        """Commit if many outcomes wait, or any waits for long."""
        late = time.monotonic() - self._last_commit >= _SECONDS_PER_COMMIT
        if len(self._buffer) >= _FILES_PER_COMMIT or (self._buffer and late):
            self.flush()

    def flush(self) -> None:
        """Commit everything that waits, and report it.

        Raises:
            LibraryError: the library cannot be written; the commits before are kept.
        """
        batch, self._buffer = self._buffer, []
        if not batch:
            return
        with self._database.writing() as connection:
            kinds = [self._apply(connection, task, outcome) for task, outcome in batch]
            if any(kind in _CHANGES_OF_VECTORS for kind in kinds):
                store.raise_revision(connection)
        self._last_commit = time.monotonic()
        self.counts.update(kinds)
        self._report(batch)

    def _report(self, batch: list[tuple[FileTask, Outcome]]) -> None:
        redone = {task.path_key for task in self.redo}
        for task, outcome in batch:
            self._done += task.path_key not in redone
            if isinstance(outcome, Content):
                self.audio_seconds += outcome.duration_s
            if isinstance(outcome, Unreadable):
                self.failures.append(Failure(_path(task.path_key), outcome.reason))
        if self._progress is not None:
            last = _path(batch[-1][0].path_key)
            self._progress(self._done, self._total, last, self.audio_seconds)

    def _apply(self, connection: Connection, task: FileTask, outcome: Outcome) -> str:
        """Write one outcome; the name of what happened."""
        self._unread.discard(task.path_key)
        if isinstance(outcome, Unreadable):
            return self._give_up(connection, task, outcome)
        store.forget_failures(connection, [task.path_key])
        if isinstance(outcome, Known):
            return self._reuse(connection, task, outcome)
        return self._write(connection, task, outcome)

    def _give_up(self, connection: Connection, task: FileTask, outcome: Unreadable) -> str:
        """Remember a bad file; a sound that was there before is missing, with all it had."""
        if outcome.lasting:
            store.save_failure(connection, task.path_key, task.state, outcome.reason)
        if task.path_key in self._sound_ids:
            store.set_missing(connection, [self._sound_ids[task.path_key]], missing=True)
        return "failed"

    def _write(self, connection: Connection, task: FileTask, content: Content) -> str:
        sound_id = self._sound_ids.get(task.path_key)
        if sound_id is not None:
            store.replace_content(connection, sound_id, task.state, content)
            return "updated"
        added = store.add_sound(connection, task.path_key, task.state, content)
        self._sound_ids[task.path_key] = added
        return "added"

    def _reuse(self, connection: Connection, task: FileTask, known: Known) -> str:
        """Take over content that the library has: the same sound, a moved one, or a copy."""
        candidates = store.sounds_with_content(connection, known.content_hash)
        own_id = self._sound_ids.get(task.path_key)
        if any(sound.id == own_id for sound in candidates):
            store.set_state(connection, own_id or 0, task.state)
            return "unchanged"
        moved = self._moved_sound(task, candidates) if own_id is None else None
        if moved is not None:
            return self._move(connection, moved, task)
        if candidates:
            return self._write(connection, task, store.content_of(connection, candidates[0]))
        self._unread.add(task.path_key)
        self.redo.append(replace(task, decode=True))
        return "redone"

    def _move(self, connection: Connection, sound: Sound, task: FileTask) -> str:
        store.relocate(connection, sound.id, task.path_key, task.state)
        self._sound_ids.pop(os.fsencode(sound.path), None)
        self._sound_ids[task.path_key] = sound.id
        self.found_again.add(sound.id)
        return "moved"

    def _moved_sound(self, task: FileTask, candidates: list[Sound]) -> Sound | None:
        """The sound whose file is at the task's path now; one of the same name if there is one."""
        path = _path(task.path_key)
        gone = [sound for sound in candidates if self._is_gone(sound)]
        gone.sort(
            key=lambda sound: (sound.path.name != path.name, sound.path.parent != path.parent)
        )
        return gone[0] if gone else None

    def _is_gone(self, sound: Sound) -> bool:
        path_key = os.fsencode(sound.path)
        if path_key in self._unread:
            return False
        try:
            return sound.missing or file_state(path_key) is None
        except OSError:
            return False


_CHANGES_OF_VECTORS = {"added", "updated"}


def _path(path_key: bytes) -> Path:
    return Path(os.fsdecode(path_key))
