"""The tables of a library file.

The SQLite file is the only truth; every index beside it can be rebuilt from these tables.
Vectors are little-endian float32. Paths are kept twice: `path_key`, the bytes that the system
knows the file by, and `path`, text for people.
"""

from collections.abc import Iterator

from sqlalchemy import (
    DDL,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    event,
)

APPLICATION_ID = 0x4B494B49  # "KIKI"
SCHEMA_VERSION = 4

metadata = MetaData()

settings = Table(
    "settings",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)
"""`encoder_identity`, `encoder_name`, `encoder_reference` (what `create_encoder` takes),
`encoder_card` (JSON), `created_at`, `revision`, and where searches go through binary codes
`hash_bits`."""

sounds = Table(
    "sounds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("path_key", LargeBinary, nullable=False, unique=True),
    Column("path", String, nullable=False),
    Column("name", String, nullable=False),
    Column("folder", String, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("mtime_ns", Integer, nullable=False),
    Column("content_hash", String, nullable=False),
    Column("format", String, nullable=False),
    Column("subtype", String, nullable=False),
    Column("sample_rate_hz", Integer, nullable=False),
    Column("channels", Integer, nullable=False),
    Column("duration_s", Float, nullable=False),
    Column("missing", Integer, nullable=False, default=0),
    Column("added_at", String),
    Index("sounds_by_content", "content_hash"),
    Index("sounds_by_folder", "folder"),
    sqlite_autoincrement=True,
)

windows = Table(
    "windows",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sound_id", ForeignKey("sounds.id", ondelete="CASCADE"), nullable=False),
    Column("start_s", Float, nullable=False),
    Column("end_s", Float, nullable=False),
    Column("vector", LargeBinary, nullable=False),
    Index("windows_by_sound", "sound_id"),
    sqlite_autoincrement=True,
)
"""`id` is the vector's id in every index; autoincrement never gives an id out twice."""

tags = Table(
    "tags",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
)

sound_tags = Table(
    "sound_tags",
    metadata,
    Column("sound_id", ForeignKey("sounds.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True),
    Column("source", String, primary_key=True),
    Column("score", Float, nullable=False),
    CheckConstraint("source IN ('auto', 'user', 'rejected', 'taught')"),
    Index("sound_tags_by_tag", "tag_id", "score"),
)
"""A tag that the user rejected stays as a `rejected` row, so that re-indexing cannot revive it."""

taught_tags = Table(
    "taught_tags",
    metadata,
    Column("tag_id", ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True),
    Column("created_at", String, nullable=False),
    Column("head", LargeBinary),
)
"""Tags learned from examples; `head` is what `library.taught.fitted` packs, NULL before a fit."""

taught_examples = Table(
    "taught_examples",
    metadata,
    Column("tag_id", ForeignKey("taught_tags.tag_id", ondelete="CASCADE"), primary_key=True),
    Column("content_hash", String, primary_key=True),
    Column("wanted", Integer, nullable=False),
    Column("vectors", LargeBinary, nullable=False),
    Column("path", String, nullable=False),
    Column("origin", String, nullable=False),
    Column("given_at", String, nullable=False),
    CheckConstraint("wanted IN (0, 1)"),
)
"""What the user judged, by the bytes of the sound, so that it follows moved and copied files.
`vectors` is empty while an example waits for its sound (see `library.taught.examples`)."""

failures = Table(
    "failures",
    metadata,
    Column("path_key", LargeBinary, primary_key=True),
    Column("path", String, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("mtime_ns", Integer, nullable=False),
    Column("reason", String, nullable=False),
)
"""Files that could not be read, so that an unchanged bad file is named again but not decoded."""

playlists = Table(
    "playlists",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
)

playlist_items = Table(
    "playlist_items",
    metadata,
    Column("playlist_id", ForeignKey("playlists.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("sound_id", ForeignKey("sounds.id", ondelete="CASCADE"), nullable=False),
    UniqueConstraint("playlist_id", "position"),
    Index("playlist_items_by_sound", "sound_id"),
)

sound_measures = Table(
    "sound_measures",
    metadata,
    Column("sound_id", ForeignKey("sounds.id", ondelete="CASCADE"), primary_key=True),
    Column("loudness_lufs", Float),
    Column("peak_db", Float),
    Column("brightness_hz", Float),
    Column("noisiness", Float),
    Column("pitch_hz", Float),
    Column("pitch_confidence", Float, nullable=False),
    Column("attack_s", Float),
    Column("temporal_centroid_s", Float),
)
"""What was measured of a sound (see `audio.measures.values`); no row before it was."""

sound_overviews = Table(
    "sound_overviews",
    metadata,
    Column("sound_id", ForeignKey("sounds.id", ondelete="CASCADE"), primary_key=True),
    Column("overview", LargeBinary, nullable=False),
)
"""The outline of each measured sound, 128 pairs of int8; apart, so that figures are read fast."""

layouts = Table(
    "layouts",
    metadata,
    Column("kind", String, primary_key=True),
    Column("encoder_identity", String, nullable=False),
    Column("made_at", String, nullable=False),
    Column("sounds", Integer, nullable=False),
    Column("model", LargeBinary, nullable=False),
    Column("axes", String, nullable=False),
)
"""The spaces in which sounds are laid out (see `library.layouts`): `model` as safetensors, `axes`
(JSON) says what loads on each; `sounds` is how many it was fitted on."""

layout_points = Table(
    "layout_points",
    metadata,
    Column("kind", ForeignKey("layouts.kind", ondelete="CASCADE"), primary_key=True),
    Column("sound_id", ForeignKey("sounds.id", ondelete="CASCADE"), primary_key=True),
    Column("laid_out", Integer, nullable=False),
    Column("point", LargeBinary, nullable=False),
)
"""Where sounds lie in layouts without a formula: `laid_out` by the fit, or placed beside those."""

detections = Table(
    "detections",
    metadata,
    Column("sound_id", ForeignKey("sounds.id", ondelete="CASCADE"), primary_key=True),
    Column("detector", String, nullable=False),
    Column("content_hash", String, nullable=False),
    Column("made_at", String, nullable=False),
)
"""Which sounds were heard by which detector; of other bytes than `content_hash`, their events are
out of date."""

sound_events = Table(
    "sound_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sound_id", ForeignKey("detections.sound_id", ondelete="CASCADE"), nullable=False),
    Column("onset_s", Float, nullable=False),
    Column("offset_s", Float, nullable=False),
    Column("label", String, nullable=False),
    Column("score", Float, nullable=False),
    Index("sound_events_by_sound", "sound_id", "onset_s"),
    Index("sound_events_by_label", "label", "score"),
)
"""What was detected in sounds (see `library.detections`)."""

journal = Table(
    "journal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("made_at", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("params", String, nullable=False),
    Column("images", LargeBinary),
    Column("undone", Integer, nullable=False, default=0),
    sqlite_autoincrement=True,
)
"""What users changed, to be undone (see `library.journal`). `kind` and `params` (JSON) put it in
words; `images` are the rows before and after, NULL if the change cannot be undone any more;
`undone` is 0 while it is in force, else the number of the undoing."""

touched = Table(
    "touched",
    metadata,
    Column("revision", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("key", Integer, nullable=False),
    sqlite_autoincrement=True,
)
"""The latest changes of rows, whoever made them, written by triggers (see `library.touches`)."""

TOUCHING = (
    ("sounds", "sounds", "id"),
    ("sound_tags", "tags", "sound_id"),
    ("playlists", "playlists", "id"),
    ("playlist_items", "playlists", "playlist_id"),
    ("taught_tags", "taught", "tag_id"),
    ("taught_examples", "taught", "tag_id"),
    ("sound_measures", "sounds", "sound_id"),
)
"""Tables whose changes are noted in `touched`: the table, the kind, the column of the key."""


def touch_triggers(table: str, kind: str, key: str) -> Iterator[str]:
    """The statements that let every change of a row of `table` be noted."""
    for action, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        yield (
            f"CREATE TRIGGER {table}_{action.lower()}_touches AFTER {action} ON {table} BEGIN "
            f"INSERT INTO touched (kind, key) VALUES ('{kind}', {row}.{key}); END"
        )


for _touching in TOUCHING:
    for _statement in touch_triggers(*_touching):
        event.listen(metadata, "after_create", DDL(_statement))

WORDS_TABLE = "words"
CREATE_WORDS = (
    f"CREATE VIRTUAL TABLE {WORDS_TABLE} USING fts5("
    'name, folder, tags, tokenize = "unicode61 remove_diacritics 0")'
)
"""Full-text rows, `rowid` = `sounds.id`; the text goes in as tokens made by `library.words`."""
