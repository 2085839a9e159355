"""The files of the page, kept in memory, compressed once.

The page is more than a hundred small modules, and opening it waits for most of them: what a
request costs here counts a hundred times.
"""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kikimimi.web.conditional import is_known
from kikimimi.web.errors import NotFoundError

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
"""Not the system's table: on some machines that has no useful type for modules."""

_LEAST_COMPRESSED = 512
_READING = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file as it is sent."""

    content: bytes
    compressed: bytes | None
    media_type: str
    etag: str
    changed: tuple[int, int]


class OwnFiles:
    """Serves the files of a folder, and those only that were in it when this was made.

    A file that is changed while the server runs, as by a developer, is read again.
    """

    def __init__(self, folder: Path) -> None:
        self._paths = {
            f"/{path.relative_to(folder).as_posix()}": path
            for path in folder.rglob("*")
            if path.suffix in TYPES and path.is_file()
        }
        self._files: dict[str, OwnFile] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a file, that it has not changed, or that there is none."""
        answer = self._answer(scope)
        await answer(scope, receive, send)

    def _answer(self, scope: Scope) -> Response:
        name = scope["path"].removeprefix(scope.get("root_path", ""))
        if name not in self._paths:
            raise NotFoundError(f"the page has no file {scope['path']}")
        if scope["method"] not in _READING:
            return Response(status_code=405, headers={"Allow": ", ".join(_READING)})
        file = self._file(name)
        headers = {"ETag": file.etag, "Vary": "Accept-Encoding"}
        asked = Headers(scope=scope)
        if is_known(asked, file.etag):
            return Response(status_code=304, headers=headers)
        if file.compressed is None or "gzip" not in asked.get("accept-encoding", ""):
            return Response(file.content, media_type=file.media_type, headers=headers)
        headers["Content-Encoding"] = "gzip"
        return Response(file.compressed, media_type=file.media_type, headers=headers)

    def _file(self, name: str) -> OwnFile:
        status = self._paths[name].stat()
        changed = (status.st_mtime_ns, status.st_size)
        file = self._files.get(name)
        if file is None or file.changed != changed:
            file = self._files[name] = _read(self._paths[name], changed)
        return file


def _read(path: Path, changed: tuple[int, int]) -> OwnFile:
    content = path.read_bytes()
    return OwnFile(
        content=content,
        compressed=gzip.compress(content, mtime=0) if len(content) >= _LEAST_COMPRESSED else None,
        media_type=TYPES[path.suffix],
        etag=f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        changed=changed,
    )
