"""Calls that no honest page makes, drawn from a seeded generator.

Each kind is a function (generator, port, sounds) -> `Call`. `KINDS` gives how often each is drawn.
"""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_METHODS = (
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "X" * 40,
)
_PLACES = (
    *("/", "/static/", "/media/", "/media/1/file/", "/media/upload/", "/api/sounds/"),
    *("/api/playlists/", "/api/results/", "/api/jobs/", "/api/taught/", "/api/"),
)
_STEPS = (
    *("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "%252e%252e%252f", "..%5c", "..\\", "..%c0%af"),
    *("....//", "%00/", "//", "%5c%5chost%5cshare%5c", "file:///", "~/", "C:%5c"),
)
_GOALS = ("secret.txt", "sounds/secret.txt", "etc/passwd", "app.py", "library.kikimimi", "%00")
_HOSTS = ("evil.example", "127.0.0.1", "localhost.evil.example", "", "\xff", "[::1", "a" * 5000)
_ORIGINS = ("http://evil.example", "null", "http://127.0.0.1:1", "http://[", "file://", "\x01")
_RANGES = (
    *("bytes=9-1", "bytes=-", "bytes=a-b", "bytes=0-0,2-3", "bytes=99999999999999999999-", "x=1-2"),
    *("bytes=-0", "bytes=1e3-", "bytes=" + "0-0," * 500, "bytes=0-18446744073709551616", "\xff"),
)
_ROUTES = (
    *(("POST", "/api/results"), ("POST", "/api/index"), ("POST", "/api/tags/add")),
    *(("POST", "/api/tags/remove"), ("POST", "/api/tags/accept"), ("POST", "/api/tags/reject")),
    *(("POST", "/api/taught"), ("POST", "/api/playlists"), ("PATCH", "/api/playlists/1")),
    *(("PUT", "/api/playlists/1/items"), ("POST", "/api/playlists/1/items"), ("POST", "/api/undo")),
    *(("POST", "/api/redo"), ("POST", "/api/sounds/1/locate"), ("POST", "/api/sounds/forget")),
    *(("DELETE", "/api/jobs/1"), ("DELETE", "/api/taught/x"), ("POST", "/api/space/layout")),
)
_KEYS = (
    *(
        "text",
        "tags",
        "sounds",
        "name",
        "like",
        "sort",
        "roots",
        "path",
        "at",
        "wanted",
        "playlist",
    ),
    *("limit", "result", "kind", "min_duration_s", "folders", "expected_revision", "metric"),
)


@dataclass(frozen=True)
class Call:
    """Bytes to send; `expected` are the only statuses that are right, where that is known.

    After a call that `is_cut` the client sends nothing more, though more may be awaited.
    """

    kind: str
    parts: tuple[bytes, ...]
    expected: frozenset[int] | None = None
    is_cut: bool = False


Sounds = Sequence[bytes]
Kind = Callable[[random.Random, int, Sounds], Call]


def draw(generator: random.Random, port: int, sounds: Sounds) -> Call:
    """The next call."""
    (kind,) = generator.choices(list(KINDS), list(KINDS.values()))
    return kind(generator, port, sounds)


def request(
    method: str, path: str, port: int, body: bytes = b"", *, host: str | None = None, **more: str
) -> bytes:
    """A request as bytes; header names are given with underscores."""
    headers = {"Host": host if host is not None else f"127.0.0.1:{port}", "Connection": "close"}
    if body and "Transfer_Encoding" not in more:
        headers["Content-Length"] = str(len(body))
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in (headers | more).items()]
    head = "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""])
    return head.encode("latin-1", "replace") + body


def traversal(generator: random.Random, port: int, _sounds: Sounds) -> Call:
    """A way out of a folder."""
    steps = "".join(generator.choices(_STEPS, k=generator.randint(1, 8)))
    path = generator.choice(_PLACES) + steps + generator.choice(_GOALS)
    return Call("traversal", (request("GET", path, port),))


def forged(generator: random.Random, port: int, _sounds: Sounds) -> Call:
    """A name that was made to point here, or the page of another site."""
    method, path = generator.choice([*_ROUTES, ("GET", "/api/status"), ("GET", "/media/1")])
    refused = frozenset({400, 403})
    if generator.random() < 0.5:
        call = request(method, path, port, b"{}", host=generator.choice(_HOSTS))
        return Call("host", (call,), refused)
    return Call(
        "origin",
        (request(method, path, port, b"{}", Origin=generator.choice(_ORIGINS)),),
        refused,
    )


def ranges(generator: random.Random, port: int, _sounds: Sounds) -> Call:
    """A range that cannot be read or lies elsewhere."""
    path = generator.choice(("/media/1", "/media/2/preview.wav", "/media/3/file/x", "/media/77"))
    return Call("range", (request("GET", path, port, Range=generator.choice(_RANGES)),))


def body(generator: random.Random, port: int, _sounds: Sounds) -> Call:
    """A body that is not what the route takes."""
    method, path = generator.choice(_ROUTES)
    data = _broken(generator, json.dumps(_value(generator, 4), ensure_ascii=True).encode())
    kind = generator.choice(("application/json",) * 8 + ("text/plain", "audio/wav", "\xff"))
    return Call("body", (request(method, path, port, data, Content_Type=kind),))


def query(generator: random.Random, port: int, _sounds: Sounds) -> Call:
    """Parameters of no sense."""
    place = generator.choice(_PLACES) + generator.choice(("1", "-1", "x", "9" * 30, "%F0%9F", ""))
    names = generator.choices(("limit", "offset", "id", "text", "axes", "columns", "start_s"), k=3)
    values = ("-1", "9" * 25, "nan", "1e999", "%00", "%ff", "a" * 3000, "", "0.5", "pca.1,x")
    asked = "&".join(f"{name}={generator.choice(values)}" for name in names)
    return Call("query", (request(generator.choice(_METHODS[:7]), f"{place}?{asked}", port),))


def protocol(generator: random.Random, port: int, _sounds: Sounds) -> Call:
    """What is hardly HTTP."""
    own = f"Host: 127.0.0.1:{port}\r\n"
    options = (
        generator.randbytes(generator.randint(1, 2000)),
        request(generator.choice(_METHODS), "/api/status", port),
        request("GET", "http://evil.example/api/status", port),
        request("GET", "/" + "a" * 100_000, port),
        request("GET", "/", port, **{f"X_{n}": "y" * 900 for n in range(100)}),
        f"GET / HTTP/1.1\r\n{own}{own}\r\n".encode(),
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        f"POST /api/undo HTTP/1.1\r\n{own}Content-Length: -5\r\n\r\n".encode(),
        f"POST /api/undo HTTP/1.1\r\n{own}Content-Length: 50\r\n\r\nshort".encode(),
        f"POST /api/uploads HTTP/1.1\r\n{own}Content-Length: 99\r\n"
        "Content-Type: audio/wav\r\n\r\nRIFF".encode(),
        f"POST /api/undo HTTP/1.1\r\n{own}Transfer-Encoding: chunked\r\n\r\nzz\r\n".encode(),
        f"POST /api/results HTTP/1.1\r\n{own}Content-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n5\r\n{}".encode(),
        f"GET / HTTP/1.1\r\n{own}Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n".encode(),
    )
    return Call("protocol", (generator.choice(options),), is_cut=True)


def upload(generator: random.Random, port: int, sounds: Sounds) -> Call:
    """A sound that was damaged, or that never was one."""
    data = bytearray(generator.choice(sounds))
    for _ in range(generator.choice((1, 10, 1000))):
        data[generator.randrange(min(len(data), generator.choice((60, 40_000))))] ^= (
            1 << generator.randrange(8)
        )
    data = data[: generator.choice((0, 1, 20, 44, 45, 1000, len(data)))]
    options = (bytes(data), generator.randbytes(500), bytes(1000))
    name = generator.choice(("a.wav", "%00", "..%2f..%2fx", "%FF" * 9, "x" * 4000, "\xff"))
    call = request(
        *("POST", "/api/uploads", port, generator.choice(options)),
        Content_Type="application/octet-stream",
        X_File_Name=name,
    )
    return Call("upload", (call,))


def oversize(generator: random.Random, port: int, _sounds: Sounds) -> Call:
    """More than is taken, said before or not."""
    path, kind = generator.choice(
        [("/api/results", "application/json"), ("/api/uploads", "audio/wav")]
    )
    if generator.random() < 0.5:
        head = request("POST", path, port, Content_Type=kind, Content_Length=str(1 << 40))
        return Call("oversize", (head, b"x" * 1000), frozenset({413}))
    head = request("POST", path, port, Content_Type=kind, Transfer_Encoding="chunked")
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    # Behind the limit the server closes; the client has heard nothing, or why.
    return Call("oversize", (head, *[chunk] * 1100), frozenset({0, 413}))


KINDS: Mapping[Kind, int] = {
    traversal: 25,
    forged: 15,
    ranges: 8,
    body: 25,
    query: 12,
    protocol: 10,
    upload: 5,
}
"""How often each kind is drawn of 100; `oversize` is sent a few times by itself, being slow."""


def _broken(generator: random.Random, data: bytes) -> bytes:
    options = (
        *(data, data, data, data[: len(data) // 2], data + b"}", b"\xff" + data, b""),
        *(b"[" * 50_000, b'{"text":' * 5000, b'"\\ud800"', b"NaN", b'{"sounds":[1e400]}'),
        *(b'{"limit":' + b"9" * 6000 + b"}", b'{"text":"\\u0000"}', b'{"name":"\\udcff"}'),
    )
    return generator.choice(options)


def _value(generator: random.Random, depth: int) -> object:
    simple = (
        *(None, True, -1, 0, 1, 1 << 63, 1 << 70, 1.5, float("inf"), float("nan"), ""),
        *("rain", "\0", "\ud800", '"', "a -", "雨", "x" * 3000, "/", "..", "1", "rank"),
    )
    if depth == 0 or generator.random() < 0.2:
        return generator.choice(simple)
    if generator.random() < 0.3:
        return [_value(generator, depth - 1) for _ in range(generator.randint(0, 3))]
    names = generator.sample(_KEYS, generator.randint(0, 3))
    # An index of the root of the disk would be a call that is understood.
    return {name: _value(generator, depth - 1) for name in names if name != "roots"} | (
        {"roots": generator.choice((["relative"], ["/no/such"], "x", [1], [], ["\0"]))}
        if "roots" in names
        else {}
    )
