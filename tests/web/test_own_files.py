"""The files of the page: whole, compressed, asked about again; the modules it names beforehand."""

import re
import socket

from kikimimi.web.module_preloads import needed_modules, with_preloads
from kikimimi.web.own_files import OwnFiles
from kikimimi.web.routes.page import STATIC_FOLDER
from kikimimi.web.server import bind

TEXT = (STATIC_FOLDER / "app.js").read_bytes()


def test_a_file_is_sent_as_it_is_or_compressed(client) -> None:
    plain = client.get("/static/app.js", headers={"Accept-Encoding": "identity"})
    assert plain.content == TEXT and "content-encoding" not in plain.headers
    packed = client.get("/static/app.js", headers={"Accept-Encoding": "gzip"})
    assert packed.content == TEXT and packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-type"] == "text/javascript; charset=utf-8"
    assert packed.headers["cache-control"] == "no-cache"


def test_nothing_beside_the_folder_is_sent(client) -> None:
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd"):
        assert client.get(path).status_code in (400, 404), path
    assert client.post("/static/app.js", json={}).status_code in (403, 405)


def test_a_file_that_changes_while_the_server_runs_is_read_again(tmp_path) -> None:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    (tmp_path / "one.js").write_text("first();")
    app = FastAPI()
    app.mount("/static", OwnFiles(tmp_path))
    with TestClient(app) as client:
        before = client.get("/static/one.js")
        (tmp_path / "one.js").write_text("second();")
        after = client.get("/static/one.js", headers={"If-None-Match": before.headers["etag"]})
    assert (after.status_code, after.text) == (200, "second();")


def test_the_page_names_the_modules_that_it_imports_and_no_others(client) -> None:
    named = re.findall(r'modulepreload" href="(/static/[^"]+)"', client.get("/").text)
    assert "/static/app.js" in named and "/static/views/list_view.js" in named
    assert len(named) > 80 and len(named) == len(set(named))
    assert not [name for name in named if "three" in name or "/space/" in name]
    assert all(client.get(name).status_code == 200 for name in named)


def test_modules_are_followed_through_imports_that_do_not_wait(tmp_path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.js").write_text(
        'import { b,\n  c } from "./deep/b.js";\nconst later = () => import("./late.js");\n'
    )
    (tmp_path / "deep" / "b.js").write_text('export { d } from "../d.js";\nimport "../a.js";\n')
    (tmp_path / "d.js").write_text("export const d = 1;\n")
    (tmp_path / "late.js").write_text("")
    assert needed_modules(tmp_path, ["a.js"]) == ["a.js", "d.js", "deep/b.js"]
    document = with_preloads(b"<html>\n  <head>\n  </head>", ["d.js"])
    assert document.count(b'    <link rel="modulepreload" href="/static/d.js">\n  </head>') == 1


def test_an_answer_does_not_wait_for_acknowledgements() -> None:
    with bind("127.0.0.1", 0) as listening:
        assert listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
