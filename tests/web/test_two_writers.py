"""Two browsers and the command line write at once, each in a process of its own."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest

from kikimimi.library.library import Library

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are sent as POSIX has them")

ROUNDS = 8


@pytest.fixture
def port(library_path: Path) -> Iterator[int]:
    """A running `kikimimi serve`."""
    with subprocess.Popen(
        [*_kikimimi("serve"), "--no-browser", "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        env=_environment(library_path),
    ) as process:
        assert process.stderr is not None
        found = re.search(r"http://[^/ ]+:(\d+)/", process.stderr.readline())
        assert found
        yield int(found[1])
        process.kill()


def _kikimimi(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "kikimimi", *arguments]


def _environment(library: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(library.parent),
        "KIKIMIMI_LIBRARY": str(library),
        "OMP_NUM_THREADS": "1",
        "PYTHONUTF8": "1",
    }


def _browse(port: int, name: str) -> list[int]:
    """What a page does: tags, playlist items and undo; the status of each answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    statuses = []
    for step in range(ROUNDS):
        for path, body in (
            ("/api/tags/add", {"sounds": [1 + step % 6], "name": f"{name} {step}"}),
            ("/api/playlists/1/items", {"sounds": [1 + step % 6]}),
        ):
            headers = {"Content-Type": "application/json"}
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
    connection.close()
    return statuses


def _type(library: Path, sound: Path) -> list[int]:
    """What the command line does meanwhile."""
    commands = [("tag", str(sound), "--add", f"typed {step}") for step in range(3)]
    commands += [("playlist", "add", "together", str(sound))]
    return [
        subprocess.run(
            _kikimimi(*command), env=_environment(library), capture_output=True, check=False
        ).returncode
        for command in commands
    ]


def test_nothing_is_lost(port: int, library_path: Path) -> None:
    with Library(library_path) as library:
        library.playlists.create("together")
        sound = library.sound(3).path
        with ThreadPoolExecutor() as pool:
            typed = pool.submit(_type, library_path, sound)
            pages = [pool.submit(_browse, port, name) for name in ("left", "right")]
            assert typed.result() == [0] * 4
            assert [page.result() for page in pages] == [[200] * 2 * ROUNDS] * 2
        assert library.playlists.names() == {"together": 2 * ROUNDS + 1}
        given = {
            tag.name
            for one in library.sounds()
            for tag in library.tags_of(one.id)
            if tag.source == "user"
        }
        pages_gave = {f"{name} {step}" for name in ("left", "right") for step in range(ROUNDS)}
        assert given == pages_gave | {f"typed {step}" for step in range(3)}
        assert len(library.history.changes(limit=100)) == 4 * ROUNDS + 4 + 1
        for _ in range(4 * ROUNDS + 4 + 1):
            library.history.undo()
        assert library.playlists.names() == {}
        assert not any(
            tag.source == "user" for one in library.sounds() for tag in library.tags_of(one.id)
        )
        library.check()
