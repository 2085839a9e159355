"""Library files: what is opened, what is refused, and that refusal changes nothing."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from indexing_helpers import new_library, write_sound

from kikimimi.errors import LibraryError
from kikimimi.library import database as database_module
from kikimimi.library import migrations, schema
from kikimimi.library.database import Database, read_settings
from kikimimi.library.library import Library


@pytest.fixture
def made(tmp_path: Path) -> Path:
    with new_library(tmp_path) as library:
        library.create()
        return library.path


def refused(path: Path) -> str:
    """The one line that opening `path` fails with; the file must stay as it is."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(LibraryError) as caught:
        Library(path)
    assert "\n" not in str(caught.value)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert not Path(f"{path}-wal").exists()
    return str(caught.value)


def test_a_new_library_remembers_its_encoder(made: Path) -> None:
    with Library(made) as library, library.database.reading() as connection:
        settings = read_settings(connection)
    assert settings["encoder_name"] == "placeholder"
    assert settings["encoder_identity"].startswith("placeholder@")
    assert settings["revision"] == "0"
    connection = sqlite3.connect(made)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA application_id").fetchone() == (schema.APPLICATION_ID,)
    connection.close()


def test_another_encoder_is_refused_with_both_names(made: Path) -> None:
    with pytest.raises(LibraryError, match=r"made with the encoder 'placeholder', not 'kikimimi'"):
        Library(made, encoder="kikimimi")


def test_other_weights_of_the_same_name_are_refused(made: Path, tmp_path: Path) -> None:
    connection = sqlite3.connect(made)
    connection.execute("UPDATE settings SET value = 'placeholder@0' WHERE key = 'encoder_identity'")
    connection.commit()
    connection.close()
    write_sound(tmp_path / "in" / "a.wav")
    with pytest.raises(LibraryError, match="placeholder@0") as caught:
        Library(made).index([tmp_path / "in"])
    assert "\n" not in str(caught.value)


def test_reading_where_no_library_is_says_how_to_make_one(tmp_path: Path) -> None:
    library = new_library(tmp_path)
    with pytest.raises(LibraryError, match="kikimimi index"):
        list(library.sounds())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"hello, this is text\n" * 50, os.urandom(5000)])
def test_what_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    assert "is not a Kikimimi library" in refused(path)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "library" in refused(tmp_path)


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE settings (key, value)")
    connection.commit()
    connection.close()
    assert "another program" in refused(path)
    with pytest.raises(LibraryError, match="not overwritten"):
        database_module.create_database(path, {})


def test_a_newer_schema_is_refused(made: Path) -> None:
    connection = sqlite3.connect(made)
    connection.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION + 1}")
    connection.close()
    with pytest.raises(LibraryError, match="newer Kikimimi"):
        Library(made)


def test_a_file_that_was_cut_short_is_refused(made: Path) -> None:
    made.write_bytes(made.read_bytes()[:-4096])
    assert "damaged" in refused(made)


def test_damage_inside_is_named_not_thrown_about(made: Path) -> None:
    content = bytearray(made.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    made.write_bytes(content)
    with pytest.raises(LibraryError, match="damaged"), Library(made) as library:
        library.check()
        list(library.sounds())


def test_a_lost_table_is_damage(made: Path) -> None:
    connection = sqlite3.connect(made)
    connection.execute("DROP TABLE playlist_items")
    connection.close()
    with pytest.raises(LibraryError, match="damaged"):
        Library(made)


def test_an_older_schema_is_brought_up_to_date(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = {
        schema.SCHEMA_VERSION: lambda connection: connection.exec_driver_sql(
            "ALTER TABLE sounds ADD COLUMN colour TEXT"
        )
    }
    monkeypatch.setattr(migrations, "STEPS", steps)
    monkeypatch.setattr(schema, "SCHEMA_VERSION", schema.SCHEMA_VERSION + 1)
    with Database(made).reading() as connection:
        assert connection.exec_driver_sql("PRAGMA user_version").scalar() == schema.SCHEMA_VERSION
        assert connection.exec_driver_sql("SELECT colour FROM sounds").all() == []


def test_a_failing_migration_leaves_the_library_as_it_was(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(connection: database_module.Connection) -> None:
        connection.exec_driver_sql("DROP TABLE playlist_items")
        raise LibraryError("no")

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "STEPS", {schema.SCHEMA_VERSION: fail})
        patch.setattr(schema, "SCHEMA_VERSION", schema.SCHEMA_VERSION + 1)
        with pytest.raises(LibraryError):
            Database(made)
    Database(made).check()


def test_an_exception_undoes_the_whole_transaction(made: Path) -> None:
    database = Database(made)
    with pytest.raises(ZeroDivisionError), database.writing() as connection:
        connection.execute(schema.tags.insert().values(name="x"))
        raise ZeroDivisionError
    with database.reading() as connection:
        assert connection.execute(schema.tags.select()).all() == []


def test_readers_work_while_another_connection_writes(made: Path) -> None:
    with Database(made).writing() as writer, Database(made).reading() as reader:
        writer.execute(schema.tags.insert().values(name="x"))
        assert reader.execute(schema.tags.select()).all() == []


_AS_NOBODY = """
import os, sys
sys.path[:0] = {path!r}
from kikimimi.errors import LibraryError
from kikimimi.library.library import Library
Library({library!r}).sounds()
os.setuid(65534)
library = Library({library!r})
print(len(list(library.sounds())))
try:
    library.playlists.create("p")
except LibraryError as error:
    print(error)
try:
    library.index([{library!r}])
except LibraryError as error:
    print(error)
"""


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become another user"
)
def test_a_read_only_library_is_read_but_not_written(made: Path) -> None:
    for place in (made.parent, *list(made.parent.parents)[:-2]):
        place.chmod(place.stat().st_mode | 0o555)
    script = _AS_NOBODY.format(path=sys.path, library=str(made))
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    lines = result.stdout.splitlines()
    assert lines[0] == "0", result.stderr
    assert len(lines) == 3
    assert all("read-only" in line or "permissions" in line for line in lines[1:])
