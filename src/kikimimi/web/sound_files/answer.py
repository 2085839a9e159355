"""Sending a source of bytes: whole, or the range that was asked for."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kikimimi.web.conditional import UnsatisfiableError, is_known, wanted_range
from kikimimi.web.errors import error_answer
from kikimimi.web.sound_files.source import ByteSource


def ranged_answer(
    request: Request, source: ByteSource, *, content_type: str, disposition: str | None = None
) -> Response:
    """The answer to a GET or HEAD: 200, 206, 304 or 416.

    Args:
        request: whose headers say what is wanted.
        source: what there is.
        content_type: of the whole.
        disposition: the header `Content-Disposition`, from `attachment`.
    """
    headers = {"Accept-Ranges": "bytes", "ETag": source.etag, "Cache-Control": "no-cache"}
    if disposition is not None:
        headers["Content-Disposition"] = disposition
    if is_known(request.headers, source.etag):
        return Response(status_code=304, headers=headers)
    try:
        wanted = wanted_range(request.headers, source.size, etag=source.etag)
    except UnsatisfiableError:
        answer = error_answer(416, "range", f"there are {source.size} bytes; ask for some of them")
        answer.headers["Content-Range"] = f"bytes */{source.size}"
        return answer
    start, stop = (wanted.start, wanted.stop) if wanted else (0, source.size)
    if wanted is not None:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{source.size}"
    headers |= {"Content-Length": str(stop - start), "Content-Type": content_type}
    status = 206 if wanted else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    return StreamingResponse(source.chunks(start, stop), status_code=status, headers=headers)


def attachment(name: str) -> str:
    """`Content-Disposition` for saving under a name of any letters (RFC 6266, RFC 8187)."""
    printable = "".join(each if each.isprintable() and each not in '/\\"' else "_" for each in name)
    plain = "".join(each if each.isascii() and each != "%" else "_" for each in printable)
    escaped = quote(printable.encode("utf-8", "replace"), safe="")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{escaped}"
