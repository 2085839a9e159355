"""The page and its files, the document of the routes, and the form of errors."""

import re

from kikimimi.web.routes.page import STATIC_FOLDER, page_policy

_INDEX = STATIC_FOLDER / "index.html"


def test_page_is_served_and_not_sent_twice(client) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    again = client.get("/", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_modules_have_a_type_that_browsers_run_and_are_asked_about_again(client) -> None:
    answer = client.get("/static/app.js")
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    again = client.get("/static/app.js", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_styles_come_as_one_file_in_the_order_of_the_page(client) -> None:
    page = client.get("/").text
    assert re.findall('rel="stylesheet" href="([^"]*)"', page) == ["/styles.css"]
    styles = client.get("/styles.css")
    assert styles.headers["content-type"] == "text/css; charset=utf-8"
    named = re.findall('rel="stylesheet" href="/static/([^"]*)"', _INDEX.read_text("utf-8"))
    places = [styles.text.index((_INDEX.parent / name).read_text("utf-8")) for name in named]
    assert len(named) > 5
    assert places == sorted(places)
    again = client.get("/styles.css", headers={"If-None-Match": styles.headers["etag"]})
    assert again.status_code == 304


def test_large_texts_are_compressed(client) -> None:
    plain = client.get("/api/openapi.json", headers={"Accept-Encoding": "identity"})
    packed = client.get("/api/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 3
    assert packed.json() == plain.json()


def test_policy_names_import_maps_by_their_hash_and_nothing_else() -> None:
    page = b'<script type="importmap">{"imports":{}}</script><script>alert(1)</script>'
    script = page_policy(page).rpartition("script-src ")[2]
    # `printf '{"imports":{}}' | openssl dgst -sha256 -binary | base64`
    assert script == "'self' 'sha256-URrTy+Il/Nz0lHojVUx275hWqAWhkSF0VsHbUM4/6Hw='"


def test_unknown_address_is_a_json_error(client) -> None:
    for path in ("/api/nothing", "/static/nothing.js", "/nothing", "/static/", "/docs"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "not_found"


def test_wrong_method_and_wrong_body_are_json_errors(client) -> None:
    assert client.put("/api/index").json()["error"]["code"] == "method"
    answer = client.post("/api/index", json={"roots": ["/"], "surprise": 1})
    assert answer.status_code == 422
    assert "surprise" in answer.json()["error"]["message"]


def test_every_route_is_documented_with_its_errors(client) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    assert {"/api/status", "/api/uploads", "/media/{sound}"} <= paths.keys()
    for path, operations in paths.items():
        for method, operation in operations.items():
            assert operation.get("description"), (path, method)
            assert operation["responses"].keys() - {"default"}, (path, method)
