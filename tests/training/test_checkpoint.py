import pickle
from pathlib import Path

import pytest
import torch

from kikimimi.errors import ConfigError
from kikimimi.training.checkpoint import load_checkpoint, save_checkpoint


def test_what_was_saved_is_read(tmp_path: Path) -> None:
    path = tmp_path / "run" / "checkpoint.pt"
    assert load_checkpoint(path) is None
    save_checkpoint(path, {"epoch": 3, "weights": {"w": torch.arange(3)}})
    state = load_checkpoint(path)
    assert state is not None
    assert state["epoch"] == 3
    assert torch.equal(state["weights"]["w"], torch.arange(3))


def test_a_failed_save_keeps_the_old_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(path, {"epoch": 1})
    with pytest.raises((AttributeError, pickle.PicklingError, TypeError)):
        save_checkpoint(path, {"epoch": lambda: 2})
    assert load_checkpoint(path) == {"epoch": 1}
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04broken"])
def test_a_damaged_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"checkpoint\.pt"):
        load_checkpoint(path)


def test_code_in_a_checkpoint_is_not_run(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple:
            return (Path.touch, (tmp_path / "touched",))

    path = tmp_path / "checkpoint.pt"
    path.write_bytes(pickle.dumps(Evil()))
    with pytest.raises(ConfigError):
        load_checkpoint(path)
    assert not (tmp_path / "touched").exists()
