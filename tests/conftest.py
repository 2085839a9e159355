"""Fixtures that many tests share."""

import os
import sys
from pathlib import Path

# One thread for each process that the tests run side by side, and for those that they start.
# Sums over another number of threads have other bits. Set before anything loads NumPy or torch.
os.environ["OMP_NUM_THREADS"] = "1"

import pytest
from hypothesis import settings

# How long an example takes says more of what else the machine does than of the code.
settings.register_profile("kikimimi", deadline=None)
settings.load_profile("kikimimi")

_REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The folder with the real audio and weights that the project is built against."""
    folder = Path(os.environ.get("KIKIMIMI_SHARED", _REPOSITORY.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"no shared data at {folder}; set KIKIMIMI_SHARED to run this test")
    return folder


@pytest.fixture(scope="session")
def shared_data(shared_folder: Path) -> Path:
    """Real audio: `esc50/`, `sfx/`, `machines/`."""
    return shared_folder / "data"


@pytest.fixture(scope="session")
def toy_generators(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of tiny generators: `vae`, `autoencoder`, `flow`, and the `sounds` they heard."""
    sys.path.append(str(_REPOSITORY / "tests" / "generation"))
    from generator_toys import train_all, write_sounds

    place = tmp_path_factory.mktemp("toy_generators")
    sounds = write_sounds(place / "sounds")
    return {"sounds": sounds, **train_all(sounds, place)}
