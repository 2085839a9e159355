"""A web server for tests: it can resume, break off, and change its file."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class FarSide:
    """What the server gives, and what it was asked."""

    content: bytes
    version: str = '"one"'
    break_after: list[int] = field(default_factory=list)
    """Bytes to send before breaking off, one number for each connection; then all is sent."""
    can_resume: bool = True
    status: int = 200
    ranges: list[str | None] = field(default_factory=list)
    """The `Range` of each request."""
    url: str = ""


@contextmanager
def far_side(content: bytes) -> Iterator[FarSide]:
    """Serve `content` at `url` until the block ends."""
    state = FarSide(content)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, state)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/weights.pth"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(request: BaseHTTPRequestHandler, state: FarSide) -> None:
    asked = request.headers.get("Range")
    state.ranges.append(asked)
    if state.status != 200:
        request.send_error(state.status)
        return
    same = request.headers.get("If-Range") == state.version
    start = int(asked[6:].rstrip("-")) if asked and same and state.can_resume else 0
    if start >= len(state.content) > 0 and start:
        request.send_error(416)
        return
    rest = state.content[start:]
    request.send_response(206 if start else 200)
    request.send_header("Content-Length", str(len(rest)))
    if start:
        last = len(state.content) - 1
        request.send_header("Content-Range", f"bytes {start}-{last}/{len(state.content)}")
    if state.version:
        request.send_header("ETag", state.version)
    request.end_headers()
    request.wfile.write(rest[: state.break_after.pop(0)] if state.break_after else rest)
