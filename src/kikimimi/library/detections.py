"""The events that were detected in sounds.

They are kept with the bytes that they were heard in, so that those of a changed file are not taken
for its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select

from kikimimi.encoders.detection.contract import Detector
from kikimimi.encoders.detection.file_events import detect_file
from kikimimi.errors import AudioError, EncoderError
from kikimimi.library import store
from kikimimi.library.database import Database
from kikimimi.library.records import Failure, Sound, SoundReference
from kikimimi.library.schema import detections, sound_events, sounds
from kikimimi.paths import display_path
from kikimimi.types import Event

Progress = Callable[[float, int, Path, float], None]
"""Told how many of how many sounds were heard, the last one, and seconds of sound so far."""


@dataclass(frozen=True, slots=True)
class SoundEvents:
    """What was detected in a sound: `detector` is the identity of who heard it, `made_at` when."""

    detector: str
    made_at: str
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class DetectionReport:
    """What a run did, counted in sounds; `events` in events, `audio_seconds` in sound heard."""

    detected: int
    events: int
    audio_seconds: float
    failures: tuple[Failure, ...]


class Detections:
    """The events of the sounds of one library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, sound: SoundReference) -> SoundEvents | None:
        """The events of a sound by onset; None if it was not heard since its file changed.

        Raises:
            UnknownError: it is not in the library.
        """
        with self._database.reading() as connection:
            found = store.find_sound(connection, sound)
            row = connection.execute(
                select(detections).where(
                    detections.c.sound_id == found.id,
                    detections.c.content_hash == found.content_hash,
                )
            ).first()
            if row is None:
                return None
            return SoundEvents(row.detector, row.made_at, _events(connection, found.id))

    def keep(self, sound: Sound, detector: str, events: Sequence[Event]) -> None:
        """Write what a detector of this identity heard in a sound, in place of what was there."""
        with self._database.writing() as connection:
            connection.execute(delete(detections).where(detections.c.sound_id == sound.id))
            connection.execute(
                insert(detections).values(
                    sound_id=sound.id,
                    detector=detector,
                    content_hash=sound.content_hash,
                    made_at=datetime.now(UTC).isoformat(timespec="seconds"),
                )
            )
            if events:
                connection.execute(insert(sound_events), _rows(sound.id, events))

    def unheard(self, detector: str) -> list[Sound]:
        """The present sounds whose events are not known from a detector of this identity."""
        known = (
            select(detections.c.sound_id)
            .where(
                detections.c.sound_id == sounds.c.id,
                detections.c.detector == detector,
                detections.c.content_hash == sounds.c.content_hash,
            )
            .exists()
        )
        query = select(sounds).where(sounds.c.missing == 0, ~known).order_by(sounds.c.path)
        with self._database.reading() as connection:
            return [store.sound_of_row(row) for row in connection.execute(query)]

    def detect(self, detector: Detector, *, progress: Progress | None = None) -> DetectionReport:
        """Hear every sound that this detector has not heard yet; each is kept when it is done.

        Args:
            detector: loaded.
            progress: called while each sound is heard.

        Raises:
            LibraryError: the library cannot be written; what was kept before stays.
        """
        waiting = self.unheard(detector.identity)
        failures: list[Failure] = []
        seconds, count = 0.0, 0
        for done, sound in enumerate(waiting):
            tell = None if progress is None else _teller(progress, done, waiting, seconds)
            try:
                found = detect_file(sound.path, detector, progress=tell)
            except (AudioError, EncoderError) as error:
                reason = str(error).removeprefix(f"{display_path(sound.path)}: ")
                failures.append(Failure(sound.path, reason))
                continue
            self.keep(sound, detector.identity, found.events)
            seconds += found.duration_s
            count += len(found.events)
        return DetectionReport(len(waiting) - len(failures), count, seconds, tuple(failures))


def _teller(
    progress: Progress, done: int, waiting: Sequence[Sound], before_s: float
) -> Callable[[float], None]:
    """What tells of the seconds that were heard of sound number `done`."""
    sound = waiting[done]

    def tell(seconds: float) -> None:
        share = min(1.0, seconds / sound.duration_s) if sound.duration_s > 0 else 1.0
        progress(done + share, len(waiting), sound.path, before_s + seconds)

    return tell


def _events(connection: Connection, sound_id: int) -> tuple[Event, ...]:
    columns = sound_events.c
    query = (
        select(columns.onset_s, columns.offset_s, columns.label, columns.score)
        .where(columns.sound_id == sound_id)
        .order_by(columns.onset_s, columns.offset_s, columns.label)
    )
    return tuple(Event(*row) for row in connection.execute(query))


def _rows(sound_id: int, events: Sequence[Event]) -> list[dict[str, object]]:
    return [
        {
            **{"sound_id": sound_id, "label": event.event_label, "score": event.score},
            **{"onset_s": event.onset_s, "offset_s": event.offset_s},
        }
        for event in events
    ]
