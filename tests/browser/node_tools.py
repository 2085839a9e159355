"""Node, its packages and Chromium for the tests of the page, where the machine has them.

Packages go into a cache outside the repository, one folder for each content of package.json. A
machine without a tool skips what needs it, with the reason; with CI=true that is a failure.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

FOLDER = Path(__file__).resolve().parent
_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_OLDEST_NODE = 20
_INSTALL_LIMIT_S = 300


def node() -> str:
    """The path of node."""
    found = shutil.which("node")
    if found is None:
        _lacking("node is not installed (Debian: apt-get install nodejs)")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
    if int(version.stdout.strip().lstrip("v").split(".")[0]) < _OLDEST_NODE:
        _lacking(f"node is {version.stdout.strip()}, but the tests need {_OLDEST_NODE} or newer")
    return found


def chromium() -> str:
    """The path of Chromium: CHROMIUM, or what is on the PATH."""
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, _CHROMIUM_NAMES)), None)
    if found is None:
        _lacking("Chromium is not installed (Debian: apt-get install chromium)")
    return found


def node_modules() -> Path:
    """The folder with the packages of package.json, installed on the first call."""
    wanted = (FOLDER / "package.json").read_bytes()
    digest = hashlib.sha256(wanted).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = cache / "kikimimi-tests" / f"node-{digest}"
    modules = folder / "node_modules"
    if folder.exists():
        return modules
    npm = shutil.which("npm")
    if npm is None:
        _lacking("npm is not installed (Debian: apt-get install npm)")
    # Two processes of the tests may come here at once: the first to be ready wins.
    draft = folder.with_name(f"{folder.name}.{os.getpid()}")
    draft.mkdir(parents=True, exist_ok=True)
    (draft / "package.json").write_bytes(wanted)
    command = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
    try:
        subprocess.run(
            command, cwd=draft, check=True, capture_output=True, timeout=_INSTALL_LIMIT_S
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        _lacking(f"npm could not install the packages of tests/browser/package.json: {error}")
    with contextlib.suppress(OSError):
        draft.rename(folder)
    shutil.rmtree(draft, ignore_errors=True)
    return modules


def _lacking(reason: str) -> NoReturn:
    """Skip the test, or fail it where everything has to be there."""
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
