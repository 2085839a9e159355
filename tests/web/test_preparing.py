"""What a server works out before the first page asks for it."""

from dataclasses import replace
from pathlib import Path

import pytest

from kikimimi.web.preparing import prepare
from kikimimi.web.settings import ServerSettings
from kikimimi.web.state import ServerState


def test_first_calls_find_the_list_and_the_space_in_memory(
    settings: ServerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = ServerState(settings)
    try:
        prepare(state)
        read = []
        monkeypatch.setattr(state.space, "_read_measures", lambda library: read.append(library))
        state.space.columns(["brightness_hz"])
        assert read == []
    finally:
        state.close()


def test_without_a_library_nothing_is_made(settings: ServerSettings, tmp_path: Path) -> None:
    state = ServerState(replace(settings, library=tmp_path / "none" / "library.kikimimi"))
    prepare(state)
    assert not (tmp_path / "none").exists()
    state.close()


def test_what_is_no_library_does_not_stop_the_server(
    settings: ServerSettings, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.kikimimi"
    broken.write_bytes(b"no database at all, but long enough to look like one" * 50)
    state = ServerState(replace(settings, library=broken))
    prepare(state)
    state.close()
    assert broken.read_bytes().startswith(b"no database")
