"""Opening, making and checking a library file.

A file is looked at before SQLite may touch it, so that a foreign or damaged file is refused
without being changed. A new library is built beside its place and then renamed into it.
"""

import os
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from kikimimi.errors import BusyError, LibraryError, NoLibraryError
from kikimimi.library import migrations, schema, touches
from kikimimi.library.journal.capture import recording
from kikimimi.library.journal.label import Label
from kikimimi.paths import display_path

_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100
_BUSY_TIMEOUT_S = 30.0
_PAGE_CACHE_KIB = 65536


class Database:
    """Connections to one library file, safe to share between threads.

    Args:
        path: an existing library file; it is verified, and brought to the present schema.

    Raises:
        LibraryError: the file is missing, foreign, damaged, or made by a newer version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        verify_header(path)
        self.read_only = not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
        self._engine = _engine(path, mode=self._mode())
        try:
            self._bring_up_to_date()
        except LibraryError:
            self.close()
            raise

    def _mode(self) -> str:
        if not self.read_only:
            return "mode=rw"
        # Without a log to replay, SQLite can read the file alone; else it needs a writable folder.
        return "mode=ro" if _has_log(self.path) else "mode=ro&immutable=1"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one consistent state of the library and writes nothing.

        Raises:
            LibraryError: the file cannot be read.
        """
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self, label: Label | None = None) -> Iterator[Connection]:
        """A transaction that is kept as a whole, or not at all when an exception leaves it.

        Args:
            label: what a user changes in it, which goes into the journal and can be undone.

        Raises:
            LibraryError: the file cannot be written: read only, busy, or the disk is full.
        """
        if self.read_only:
            raise _error(self.path, _REASONS[sqlite3.SQLITE_READONLY])
        with self._transaction("BEGIN IMMEDIATE") as connection:
            with recording(connection, label) if label else nullcontext():
                yield connection
            touches.trim(connection)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        with translated_errors(self.path), self._engine.connect() as plain:
            connection = plain.execution_options(sqlite_begin=begin)
            with connection.begin():
                yield connection

    def check(self) -> None:
        """Read the whole file and check its structure, which takes time in step with its size.

        Raises:
            LibraryError: the file is damaged.
        """
        with self.reading() as connection:
            answer = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
            orphan = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if answer != "ok" or orphan is not None:
            raise _damaged(self.path)

    def close(self) -> None:
        """Close every connection; a later use opens them again."""
        self._engine.dispose()

    def _bring_up_to_date(self) -> None:
        with self.reading() as connection:
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            names = set(connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars())
        if version > schema.SCHEMA_VERSION:
            raise _error(
                self.path,
                f"made by a newer Kikimimi (schema {version}, this one knows "
                f"{schema.SCHEMA_VERSION}); update Kikimimi to open it",
            )
        if version < schema.SCHEMA_VERSION:
            with self.writing() as connection:
                migrations.migrate(connection, self.path)
        elif not names.issuperset({*schema.metadata.tables, schema.WORDS_TABLE}):
            raise _damaged(self.path)


def create_database(path: Path, settings: dict[str, str]) -> None:
    """Make an empty library with `settings` at `path`, where no file may be.

    Raises:
        LibraryError: there is a file already, or the place cannot be written.
    """
    if path.exists():
        raise LibraryError(
            f"there is a file at {display_path(path)} already; it is not overwritten"
        )
    draft = path.with_name(f"{path.name}.new-{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_empty_library(draft, settings)
        draft.rename(path)
    except OSError as error:
        raise _error(path, f"cannot be made ({error.strerror}); choose another place") from error
    finally:
        for leftover in (draft, Path(f"{draft}-wal"), Path(f"{draft}-shm")):
            leftover.unlink(missing_ok=True)


def _write_empty_library(path: Path, settings: dict[str, str]) -> None:
    engine = _engine(path, mode="mode=rwc")
    try:
        with translated_errors(path), engine.connect() as connection, connection.begin():
            connection.exec_driver_sql(f"PRAGMA application_id = {schema.APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version = {schema.SCHEMA_VERSION}")
            schema.metadata.create_all(connection)
            connection.exec_driver_sql(schema.CREATE_WORDS)
            rows = [{"key": key, "value": value} for key, value in settings.items()]
            connection.execute(schema.settings.insert(), rows)
        _use_write_ahead_log(path)
    finally:
        engine.dispose()


def _use_write_ahead_log(path: Path) -> None:
    """Switch the file to WAL for good; SQLite does that outside of transactions only."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


def read_settings(connection: Connection) -> dict[str, str]:
    """Everything in the table `settings`."""
    rows = connection.execute(select(schema.settings.c.key, schema.settings.c.value))
    return {row.key: row.value for row in rows}


def verify_header(path: Path) -> None:
    """Check by the first bytes that `path` is a library file, leaving it as it is.

    Raises:
        LibraryError: there is no file, or it is no library, or it has been cut short.
    """
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
            file_size = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        raise NoLibraryError(
            f"there is no library at {display_path(path)}; make one with 'kikimimi index FOLDER'"
        ) from None
    except OSError as error:
        reason = f"cannot be opened ({error.strerror}); check the path and its permissions"
        raise _error(path, reason) from error
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
        raise LibraryError(
            f"{display_path(path)} is not a Kikimimi library, nor any SQLite file; it is left "
            "as it is, choose another path"
        )
    (application_id,) = struct.unpack_from(">I", header, 68)
    if application_id != schema.APPLICATION_ID:
        raise LibraryError(
            f"{display_path(path)} is a database of another program, not a Kikimimi library; "
            "it is left as it is, choose another path"
        )
    (page_size, page_count) = struct.unpack_from(">H10xI", header, 16)
    # The stored value 1 stands for 65536; with a log beside it the header may be behind.
    if not _has_log(path) and page_count * (65536 if page_size == 1 else page_size) > file_size:
        raise _damaged(path)


def _has_log(path: Path) -> bool:
    log = Path(f"{path}-wal")
    return log.exists() and log.stat().st_size > 0


def _error(path: Path, reason: str) -> LibraryError:
    return LibraryError(_about(path, reason))


def _about(path: Path, reason: str) -> str:
    return f"library {display_path(path)}: {reason}"


def _damaged(path: Path) -> LibraryError:
    return _error(path, _REASONS[sqlite3.SQLITE_CORRUPT])


def _engine(path: Path, *, mode: str) -> Engine:
    uri = f"file:{quote(os.fsencode(path.absolute()))}?{mode}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            uri, uri=True, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )

    # Without a limit: a thread that holds one connection and waits for a second would block others.
    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, max_overflow=-1)
    event.listen(engine, "connect", _prepare_connection)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare_connection(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA cache_size = -{_PAGE_CACHE_KIB}")
    # A commit must outlive a power cut: users' tags and playlists are in it.
    connection.execute("PRAGMA synchronous = FULL")
    # Triggers must see the rows that INSERT OR REPLACE deletes.
    connection.execute("PRAGMA recursive_triggers = ON")


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    connection.exec_driver_sql(options.get("sqlite_begin", "BEGIN"))


_REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full; what was committed before is kept: free space and "
    "run the command again",
    sqlite3.SQLITE_IOERR: "the disk failed or is full; free space, check the disk and try again",
    sqlite3.SQLITE_BUSY: "another program is writing to it for long; try again later",
    sqlite3.SQLITE_LOCKED: "another program is writing to it for long; try again later",
    sqlite3.SQLITE_READONLY: "the file or its folder is read-only; change its permissions or copy "
    "it to another place",
    sqlite3.SQLITE_CANTOPEN: "the file or its folder cannot be opened; check the permissions",
    sqlite3.SQLITE_PERM: "access is denied; check the permissions",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; restore a backup, or move it away and index "
    "again",
    sqlite3.SQLITE_NOTADB: "the file is damaged; restore a backup, or move it away and index again",
}

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite says of the file at `path` into a `LibraryError` of one line."""
    try:
        yield
    except (DBAPIError, sqlite3.DatabaseError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        if code not in _REASONS:
            raise
        kind = BusyError if code in _BUSY else LibraryError
        raise kind(_about(path, _REASONS[code])) from error
