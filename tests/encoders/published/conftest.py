"""Folders of weights that no test shares with the user."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def weights_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty `$KIKIMIMI_WEIGHTS`, beside an empty cache."""
    folder = tmp_path / "weights"
    monkeypatch.setenv("KIKIMIMI_WEIGHTS", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder
