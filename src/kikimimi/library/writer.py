"""Putting the outcomes of reading into the library, many in one commit."""

import os
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from kikimimi.library import store
from kikimimi.library.changes import (
    Added,
    Changes,
    Failed,
    Gauged,
    Moved,
    Replaced,
    Touched,
    write_changes,
)
from kikimimi.library.database import Database
from kikimimi.library.file_outcomes import Content, FileTask, Known, Measured, Outcome, Unreadable
from kikimimi.library.missing import MissingSounds
from kikimimi.library.planning import Plan
from kikimimi.library.records import Failure, IndexProgress, Sound
from kikimimi.library.scanning import file_state

_FILES_PER_COMMIT = 64
_SECONDS_PER_COMMIT = 1.0
_MOST_TWINS = 8
"""How many sounds of equal content are looked at to find one whose file is gone."""


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
        self._last = _path(plan.tasks[0].path_key) if plan.tasks else Path()
        self._buffer: list[tuple[FileTask, Outcome]] = []
        self._last_commit = time.monotonic()
        self._copied: Content | None = None
        with database.reading() as connection:
            self._bad = store.read_failures(connection).keys()
            self._missing = MissingSounds(store.missing_sounds(connection))

    def take(self, task: FileTask, outcome: Outcome) -> None:
        """Accept what came of a file; commits when it is time."""
        self._buffer.append((task, outcome))
        self.tick()

    def tick(self) -> None:
        """Commit if many outcomes wait, or any waits for long."""
        late = time.monotonic() - self._last_commit >= _SECONDS_PER_COMMIT
        if len(self._buffer) >= _FILES_PER_COMMIT or (self._buffer and late):
            self.flush()

    def idle(self) -> None:
        """Time passes over a long file: commit what waits for long, and say that work goes on."""
        self.tick()
        self._tell()

    def flush(self) -> None:
        """Commit everything that waits, and report it.

        Raises:
            LibraryError: the library cannot be written; the commits before are kept.
        """
        batch, self._buffer = self._buffer, []
        if not batch:
            return
        changes = Changes()
        with self._database.writing() as connection:
            kinds = [self._decide(connection, changes, *item) for item in batch]
            ids = write_changes(connection, changes)
        self._sound_ids.update(zip((new.path_key for new in changes.added), ids, strict=True))
        self._last_commit = time.monotonic()
        self.counts.update(kinds)
        self._report(batch)

    def _report(self, batch: list[tuple[FileTask, Outcome]]) -> None:
        redone = {task.path_key for task in self.redo}
        for task, outcome in batch:
            self._done += task.path_key not in redone
            if isinstance(outcome, Content | Measured):
                self.audio_seconds += outcome.duration_s
            if isinstance(outcome, Unreadable):
                self.failures.append(Failure(_path(task.path_key), outcome.reason))
        self._last = _path(batch[-1][0].path_key)
        self._tell()

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(self._done, self._total, self._last, self.audio_seconds)

    def _decide(
        self, connection: Connection, changes: Changes, task: FileTask, outcome: Outcome
    ) -> str:
        """Find out what one outcome changes; the name of what happened."""
        self._unread.discard(task.path_key)
        if isinstance(outcome, Measured):
            changes.gauged.append(Gauged(self._sound_ids[task.path_key], outcome.measures))
            return "measured"
        if isinstance(outcome, Unreadable):
            # What was only to be measured, and cannot be decoded now, keeps all it has.
            if task.measure:
                return "failed"
            return self._give_up(connection, changes, task, outcome)
        if task.path_key in self._bad:
            changes.mended.append(task.path_key)
        if isinstance(outcome, Known):
            return self._reuse(connection, changes, task, outcome)
        return self._write(changes, task, outcome)

    def _give_up(
        self, connection: Connection, changes: Changes, task: FileTask, outcome: Unreadable
    ) -> str:
        """Remember a bad file; a sound that was there before is missing, with all it had."""
        if outcome.lasting:
            changes.failed.append(Failed(task.path_key, task.state, outcome.reason))
        sound_id = self._sound_ids.get(task.path_key)
        if sound_id is not None:
            changes.lost.append(sound_id)
            self._missing.add(store.sound_with_id(connection, sound_id))
        return "failed"

    def _write(self, changes: Changes, task: FileTask, content: Content) -> str:
        sound_id = self._sound_ids.get(task.path_key)
        if sound_id is None:
            name = _path(task.path_key).name
            missing = self._missing.take(content.content_hash, name, except_at=self._unread)
            if missing is not None:
                return self._move(changes, missing, task, content)
            changes.added.append(Added(task.path_key, task.state, content))
            return "added"
        self._missing.discard(sound_id)
        changes.replaced.append(Replaced(sound_id, task.state, content))
        return "updated"

    def _reuse(self, connection: Connection, changes: Changes, task: FileTask, known: Known) -> str:
        """Take over content that the library has: the same sound, a moved one, or a copy."""
        own_id = self._sound_ids.get(task.path_key)
        if own_id is not None:
            own = store.sound_with_id(connection, own_id)
            if own.content_hash == known.content_hash and store.has_windows(connection, own_id):
                self._missing.discard(own_id)
                changes.touched.append(Touched(own_id, task.state))
                return "unchanged"
        present = store.sounds_with_content(connection, known.content_hash, most=_MOST_TWINS)
        if not present:
            self._unread.add(task.path_key)
            self.redo.append(replace(task, decode=True))
            return "redone"
        if own_id is None and (moved := self._moved_sound(task, known, present)) is not None:
            has_vectors = store.has_windows(connection, moved.id)
            content = None if has_vectors else self._content_of(connection, present[0])
            return self._move(changes, moved, task, content)
        return self._write(changes, task, self._content_of(connection, present[0]))

    def _move(self, changes: Changes, sound: Sound, task: FileTask, content: Content | None) -> str:
        """Note where a sound is now, and its content if the library has no vectors of it."""
        changes.moved.append(Moved(sound.id, task.path_key, task.state))
        if content is not None:
            changes.replaced.append(Replaced(sound.id, task.state, content))
        self._sound_ids.pop(os.fsencode(sound.path), None)
        self._sound_ids[task.path_key] = sound.id
        self.found_again.add(sound.id)
        return "moved"

    def _content_of(self, connection: Connection, sound: Sound) -> Content:
        """The content of a sound, kept for the next file of the same bytes."""
        if self._copied is None or self._copied.content_hash != sound.content_hash:
            self._copied = store.content_of(connection, sound)
        return self._copied

    def _moved_sound(self, task: FileTask, known: Known, present: list[Sound]) -> Sound | None:
        """The sound whose file is at the task's path now; one of the same name if there is one."""
        name = _path(task.path_key).name
        missing = self._missing.take(known.content_hash, name, except_at=self._unread)
        return missing or next((sound for sound in present if self._is_gone(sound)), None)

    def _is_gone(self, sound: Sound) -> bool:
        """Tell whether a file outside of the folders of this run has gone since it was read."""
        path_key = os.fsencode(sound.path)
        try:
            if path_key in self._unread or sound.id in self.found_again:
                return False
            return file_state(path_key) is None
        except OSError:
            return False


def _path(path_key: bytes) -> Path:
    return Path(os.fsdecode(path_key))
