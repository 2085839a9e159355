"""From an older schema to the present one, step by step, in one transaction.

To change the schema: edit `schema.py`, raise `SCHEMA_VERSION` to n + 1 and add to `STEPS`, under
the key n, a function that turns a library of version n into one of version n + 1.
"""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection

from kikimimi.errors import LibraryError
from kikimimi.library import schema
from kikimimi.paths import display_path

Step = Callable[[Connection], None]


def _add_taught_tags(connection: Connection) -> None:
    """1 to 2: tags learned from examples, a fourth source of the tags of a sound."""
    for statement in _TAUGHT_TAGS:
        connection.exec_driver_sql(statement)


_TAUGHT_TAGS = (
    """CREATE TABLE new_sound_tags (
        sound_id INTEGER NOT NULL, tag_id INTEGER NOT NULL, source VARCHAR NOT NULL,
        score FLOAT NOT NULL,
        PRIMARY KEY (sound_id, tag_id, source),
        CHECK (source IN ('auto', 'user', 'rejected', 'taught')),
        FOREIGN KEY(sound_id) REFERENCES sounds (id) ON DELETE CASCADE,
        FOREIGN KEY(tag_id) REFERENCES tags (id) ON DELETE CASCADE)""",
    "INSERT INTO new_sound_tags SELECT sound_id, tag_id, source, score FROM sound_tags",
    "DROP TABLE sound_tags",
    "ALTER TABLE new_sound_tags RENAME TO sound_tags",
    "CREATE INDEX sound_tags_by_tag ON sound_tags (tag_id, score)",
    """CREATE TABLE taught_tags (
        tag_id INTEGER NOT NULL PRIMARY KEY, created_at VARCHAR NOT NULL, head BLOB,
        FOREIGN KEY(tag_id) REFERENCES tags (id) ON DELETE CASCADE)""",
    """CREATE TABLE taught_examples (
        tag_id INTEGER NOT NULL, content_hash VARCHAR NOT NULL, wanted INTEGER NOT NULL,
        vectors BLOB NOT NULL, path VARCHAR NOT NULL, origin VARCHAR NOT NULL,
        given_at VARCHAR NOT NULL,
        PRIMARY KEY (tag_id, content_hash),
        CHECK (wanted IN (0, 1)),
        FOREIGN KEY(tag_id) REFERENCES taught_tags (tag_id) ON DELETE CASCADE)""",
)


def _add_history(connection: Connection) -> None:
    """2 to 3: what users changed, to be undone, which rows changed, measures, layouts."""
    for statement in _HISTORY:
        connection.exec_driver_sql(statement)
    for table, kind, key in schema.TOUCHING:
        for statement in schema.touch_triggers(table, kind, key):
            connection.exec_driver_sql(statement)


_HISTORY = (
    "ALTER TABLE sounds ADD COLUMN added_at VARCHAR",
    """CREATE TABLE journal (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, made_at VARCHAR NOT NULL,
        kind VARCHAR NOT NULL, params VARCHAR NOT NULL, images BLOB, undone INTEGER NOT NULL)""",
    """CREATE TABLE touched (
        revision INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, kind VARCHAR NOT NULL,
        "key" INTEGER NOT NULL)""",
    """CREATE TABLE sound_measures (
        sound_id INTEGER NOT NULL PRIMARY KEY, loudness_lufs FLOAT, peak_db FLOAT,
        brightness_hz FLOAT, noisiness FLOAT, pitch_hz FLOAT, pitch_confidence FLOAT NOT NULL,
        attack_s FLOAT, temporal_centroid_s FLOAT,
        FOREIGN KEY(sound_id) REFERENCES sounds (id) ON DELETE CASCADE)""",
    """CREATE TABLE sound_overviews (
        sound_id INTEGER NOT NULL PRIMARY KEY, overview BLOB NOT NULL,
        FOREIGN KEY(sound_id) REFERENCES sounds (id) ON DELETE CASCADE)""",
    """CREATE TABLE layouts (
        kind VARCHAR NOT NULL PRIMARY KEY, encoder_identity VARCHAR NOT NULL,
        made_at VARCHAR NOT NULL, sounds INTEGER NOT NULL, model BLOB NOT NULL,
        axes VARCHAR NOT NULL)""",
    """CREATE TABLE layout_points (
        kind VARCHAR NOT NULL, sound_id INTEGER NOT NULL, laid_out INTEGER NOT NULL,
        point BLOB NOT NULL, PRIMARY KEY (kind, sound_id),
        FOREIGN KEY(kind) REFERENCES layouts (kind) ON DELETE CASCADE,
        FOREIGN KEY(sound_id) REFERENCES sounds (id) ON DELETE CASCADE)""",
)


def _add_detections(connection: Connection) -> None:
    """3 to 4: the events that were detected in sounds."""
    for statement in _DETECTIONS:
        connection.exec_driver_sql(statement)


_DETECTIONS = (
    """CREATE TABLE detections (
        sound_id INTEGER NOT NULL PRIMARY KEY, detector VARCHAR NOT NULL,
        content_hash VARCHAR NOT NULL, made_at VARCHAR NOT NULL,
        FOREIGN KEY(sound_id) REFERENCES sounds (id) ON DELETE CASCADE)""",
    """CREATE TABLE sound_events (
        id INTEGER NOT NULL PRIMARY KEY, sound_id INTEGER NOT NULL, onset_s FLOAT NOT NULL,
        offset_s FLOAT NOT NULL, label VARCHAR NOT NULL, score FLOAT NOT NULL,
        FOREIGN KEY(sound_id) REFERENCES detections (sound_id) ON DELETE CASCADE)""",
    "CREATE INDEX sound_events_by_sound ON sound_events (sound_id, onset_s)",
    "CREATE INDEX sound_events_by_label ON sound_events (label, score)",
)

STEPS: dict[int, Step] = {1: _add_taught_tags, 2: _add_history, 3: _add_detections}


def migrate(connection: Connection, path: Path) -> None:
    """Bring the library open in `connection` to `SCHEMA_VERSION`.

    Raises:
        LibraryError: the library is so old that no step leads on from it.
    """
    version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    while version < schema.SCHEMA_VERSION:
        if version not in STEPS:
            raise LibraryError(
                f"library {display_path(path)}: its schema {version} is too old to be brought up "
                "to date; open it once with a Kikimimi in between"
            )
        STEPS[version](connection)
        version += 1
        connection.exec_driver_sql(f"PRAGMA user_version = {version}")
