"""The page itself."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from kikimimi.web.conditional import is_known
from kikimimi.web.joined_styles import joined_styles, with_one_style
from kikimimi.web.module_preloads import needed_modules, with_preloads
from kikimimi.web.own_files import TYPES
from kikimimi.web.security import HEADERS

STATIC_FOLDER = Path(__file__).resolve().parents[1] / "static"

router = APIRouter()

_IMPORT_MAP = re.compile(rb'<script type="importmap">(.*?)</script>', re.DOTALL)
_POLICY = "Content-Security-Policy"
_ENTRIES = ("app.js", "views/list_view.js")
"""What starts the page, and the view that it starts with."""


@router.get("/", include_in_schema=False)
def index(request: Request) -> Response:
    """The page, with a policy that allows its own import map."""
    content = _document()
    return _answer(request, content, ".html", {_POLICY: page_policy(content)})


@router.get("/styles.css", include_in_schema=False)
def styles(request: Request) -> Response:
    """All style sheets of the page."""
    return _answer(request, _styles(), ".css", {})


def _answer(request: Request, content: bytes, kind: str, headers: dict[str, str]) -> Response:
    headers["ETag"] = etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    if is_known(request.headers, etag):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=TYPES[kind], headers=headers)


@cache
def _document() -> bytes:
    document = with_one_style(_index(), "/styles.css").encode()
    return with_preloads(document, needed_modules(STATIC_FOLDER, _ENTRIES))


@cache
def _styles() -> bytes:
    return joined_styles(_index(), STATIC_FOLDER).encode()


def _index() -> str:
    return (STATIC_FOLDER / "index.html").read_text("utf-8")


def page_policy(content: bytes) -> str:
    """The content security policy of a page: import maps stand inline, and are named by hash."""
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(found).digest()).decode()}'"
        for found in _IMPORT_MAP.findall(content)
    ]
    scripts = " ".join(["script-src 'self'", *hashes])
    return f"{HEADERS[_POLICY]}; {scripts}"
