"""Checkpoints that survive a kill at any moment."""

import pickle
from pathlib import Path
from typing import Any

import torch

from kikimimi.errors import ConfigError
from kikimimi.files import draft_of


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write tensors and plain values to `path` atomically.

    Raises:
        OSError: the disk is full or the folder cannot be written; an older file stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # given a path instead of a file, torch reports a full disk as a RuntimeError
    with draft_of(path) as draft, draft.open("wb") as file:
        torch.save(state, file)


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """Read what `save_checkpoint` wrote; None if there is no such file.

    Raises:
        ConfigError: the file is not a checkpoint. Nothing in it is executed.
    """
    if not path.exists():
        return None
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, ValueError, KeyError, pickle.UnpicklingError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ConfigError(f"{path}: not a checkpoint ({reason}); delete it to start anew") from None
