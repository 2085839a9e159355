"""Real clips for the front end."""

from pathlib import Path

import pytest
import soundfile

_STRIDES = {"esc50/audio": 250, "sfx": 180}
_MAX_SAMPLES = 60000


@pytest.fixture(scope="session")
def real_clips(shared_data: Path):
    """First channels of about a dozen ESC-50 and library sounds, whatever their sample rates."""
    clips = []
    for folder, stride in _STRIDES.items():
        names = [*(shared_data / folder).rglob("*.ogg"), *(shared_data / folder).rglob("*.wav")]
        for name in sorted(names)[::stride]:
            samples, _ = soundfile.read(name, dtype="float32", always_2d=True, frames=_MAX_SAMPLES)
            clips.append(samples[:, 0].copy())
    assert len(clips) > 8
    return clips
