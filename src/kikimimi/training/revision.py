"""Which code, libraries and machine a training ran with."""

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

import kikimimi
from kikimimi.files import draft_of

_LIBRARIES = ("torch", "numpy", "lightning-fabric", "scipy", "soxr", "soundfile", "safetensors")


def record_start(path: Path) -> None:
    """Append a description of this process to the list in `path`; a resumed run has several.

    Raises:
        OSError: the file cannot be written.
    """
    starts = _read(path)
    starts.append(describe_start())
    with draft_of(path) as draft:
        draft.write_text(json.dumps(starts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def describe_start() -> dict[str, Any]:
    """Code, libraries, hardware, command line and time of this process, as plain values."""
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": sys.argv,
        "kikimimi": kikimimi.__version__,
        **_git_state(Path(kikimimi.__file__).parent),
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "machine": {
            "system": platform.platform(),
            "processor": platform.processor() or platform.machine(),
            "cores": os.cpu_count(),
            "threads": torch.get_num_threads(),
            "gpus": [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())],
        },
    }


def _git_state(folder: Path) -> dict[str, Any]:
    """Commit and whether tracked files were changed; empty outside a checkout of this project."""
    top = _git(folder, "rev-parse", "--show-toplevel")
    if top is None or folder != Path(top) / "src" / "kikimimi":
        return {}
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return {"git_commit": _git(folder, "rev-parse", "HEAD"), "git_dirty": bool(changed)}


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _read(path: Path) -> list[dict[str, Any]]:
    """The starts so far; a file that is no such list is begun anew."""
    try:
        starts = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    return starts if isinstance(starts, list) else []
