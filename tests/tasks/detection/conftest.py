"""Tiny soundscapes on which a tiny network learns in seconds."""

from pathlib import Path

import pytest
from detection_toys import ToySoundscapes, make_soundscapes


@pytest.fixture(scope="session")
def soundscapes(tmp_path_factory: pytest.TempPathFactory) -> ToySoundscapes:
    """Tones, hisses and clicks in noise: 24, 8 and 8 clips of 2 s."""
    root: Path = tmp_path_factory.mktemp("soundscapes")
    return make_soundscapes(root)
