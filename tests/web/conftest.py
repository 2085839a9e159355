"""A server over a library of a few made sounds, in this process."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from web_helpers import open_client, write_tone

from kikimimi.library.library import Library
from kikimimi.web.settings import ServerSettings
from kikimimi.web.state import ServerState

SOUNDS = {
    "door/knock.wav": 120.0,
    "door/slam.wav": 90.0,
    "bird/さえずり.wav": 3200.0,
    "bird/chirp.wav": 2800.0,
    "rain <b>&.wav": 1200.0,
    "long tone.wav": 440.0,
}
"""Names by pitch in Hz: Japanese, and characters that HTML must escape."""


@pytest.fixture(scope="session")
def made_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `sounds/` and `library.kikimimi`, indexed once; never written by tests."""
    folder = tmp_path_factory.mktemp("made")
    for name, pitch_hz in SOUNDS.items():
        write_tone(folder / "sounds" / name, pitch_hz, seconds=5.0 if "long" in name else 1.0)
    with Library(folder / "library.kikimimi", encoder="placeholder") as library:
        library.index([folder / "sounds"], workers=1)
    return folder


@pytest.fixture
def library_path(made_library: Path, tmp_path: Path) -> Path:
    """A copy of the made library's file, for one test; the sounds stay where they are."""
    import sqlite3

    target = tmp_path / "library.kikimimi"
    with (
        sqlite3.connect(made_library / "library.kikimimi") as source,
        sqlite3.connect(target) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = WAL")
    return target


@pytest.fixture
def settings(library_path: Path) -> ServerSettings:
    return ServerSettings(library=library_path, encoder="placeholder", index_workers=1)


@pytest.fixture
def client(settings: ServerSettings) -> Iterator[TestClient]:
    """A browser's side of a server over `library_path`."""
    with open_client(settings) as client:
        yield client


@pytest.fixture
def state(client: Any) -> ServerState:
    """What the routes of `client` share."""
    found: ServerState = client.app.state.kikimimi
    return found


@pytest.fixture
def sound_ids(client: TestClient, state: ServerState) -> dict[str, int]:
    """Ids by file name."""
    return {sound.name: sound.id for sound in state.library().sounds()}
