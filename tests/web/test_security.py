"""Who may talk to the server: hosts, origins, tokens, and the headers of every answer."""

import asyncio
from dataclasses import replace

import pytest
from starlette.exceptions import HTTPException
from web_helpers import open_client

from kikimimi.errors import ConfigError
from kikimimi.web.limits import BodyLimitMiddleware

TOKEN = "secret-of-this-server"
JSON = {"Content-Type": "application/json"}


def status(client, method: str = "GET", path: str = "/api/status", **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.request(method, path, headers=named).status_code


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8765", "localhost:8765", "LOCALHOST:8765", "[::1]:8765"]
)
def test_own_addresses_are_answered(client, host) -> None:
    assert status(client, Host=host) == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example:8765", "evil.example", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8765.evil"),
        *("localhost.evil.example:8765", "192.168.0.1:8765", "", "user@127.0.0.1:8765", "[::1]"),
        *("0.0.0.0:8765", "127.1:8765", "127.0.0.1:8765, evil.example", "\xff:8765"),
    ],
)
def test_names_that_were_made_to_point_here_are_refused(client, host) -> None:
    answer = client.get("/api/status", headers={"Host": host.encode("latin-1")})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "host"


def test_names_that_were_allowed_are_answered(settings) -> None:
    with open_client(replace(settings, allowed_hosts=("Studio.local",))) as client:
        assert status(client, Host="studio.local:8765") == 200
        assert status(client, Host="other.local:8765") == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "http://[broken"},
        {"Origin": "file://127.0.0.1:8765"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "same-origin", "Origin": "http://evil.example"},
        {"Sec_Fetch_Site": "cross-site", "Origin": "http://127.0.0.1:8765"},
    ],
)
def test_other_sites_can_neither_write_nor_read(client, headers) -> None:
    assert status(client, "DELETE", "/api/jobs/1", **headers) == 403
    assert status(client, "GET", "/api/status", **headers) == 403
    assert status(client, "GET", "/media/1", **headers) == 403


def test_own_page_may_write(client) -> None:
    own = {"Origin": "http://127.0.0.1:8765", "Sec_Fetch_Site": "same-origin"}
    assert status(client, "DELETE", "/api/jobs/1", **own) == 404
    assert status(client, "DELETE", "/api/jobs/1", Origin="http://localhost:8765") == 404


def test_links_from_other_sites_lead_to_the_page_only(client) -> None:
    link = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    assert status(client, path="/", **link) == 200
    assert status(client, path="/api/status", **link) == 403
    assert status(client, path="/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors") == 403


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("application/json", 422),
        ("application/json; charset=utf-8", 422),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("", 415),
    ],
)
def test_programs_without_origin_must_send_what_no_form_can(client, kind, expected) -> None:
    answer = client.post("/api/index", content=b"{}", headers={"Content-Type": kind})
    assert answer.status_code == expected


def test_token_is_needed_for_everything_and_turned_into_a_cookie(settings) -> None:
    with open_client(replace(settings, token="a-long-secret-of-16")) as client:
        for path in ("/", "/api/status", "/static/app.js", "/media/1", "/api/status?token=x"):
            answer = client.get(path)
            assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token")
        entered = client.get("/", params={"token": "a-long-secret-of-16"})
        assert entered.status_code == 200
        cookie = entered.headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite=strict" in cookie
        assert client.get("/api/status").status_code == 200


def test_token_may_be_shown_by_programs(settings) -> None:
    with open_client(replace(settings, token=TOKEN)) as client:
        assert status(client, Authorization="Bearer secret-of-this-server") == 200
        assert status(client, Authorization="Bearer secret-of-this-serve") == 401
        assert status(client, Authorization="Basic c2VjcmV0") == 401
        assert status(client, Cookie="kikimimi-8765=%FF;;;=") == 401


def test_bound_to_every_address_any_number_is_a_host_but_no_name(settings) -> None:
    with open_client(replace(settings, host="0.0.0.0", token=TOKEN)) as client:
        client.headers["Authorization"] = f"Bearer {TOKEN}"
        assert status(client, Host="192.168.0.7:8765") == 200
        assert status(client, Host="[fe80::1]:8765") == 200
        assert status(client, Host="evil.example:8765") == 403
        assert status(client, Host="192.168.0.7:80") == 403


@pytest.mark.parametrize("path", ["/", "/api/status", "/api/nothing", "/static/app.js", "/media/1"])
def test_every_answer_carries_the_protection(client, path) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == ("no-store" if path.startswith("/api/") else "no-cache")


def test_refusals_carry_the_protection_too(client) -> None:
    answer = client.get("/", headers={"Host": "evil.example"})
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_bodies_are_limited_with_and_without_a_length(client) -> None:
    big = b'{"roots": ["' + b"a" * (5 << 20) + b'"]}'
    answer = client.post("/api/index", content=big, headers=JSON)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")

    def parts():
        for start in range(0, len(big), 1 << 16):
            yield big[start : start + (1 << 16)]

    answer = client.post("/api/index", content=parts(), headers=JSON)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "path",
    [
        *("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"),
        *("/static/%252e%252e/app.py", "/static//etc/passwd", "/static/%00", "/static/a%00.js"),
        *("/static/..%5capp.py", "/static/%5c%5chost%5cshare", "/media/..%2f..%2fetc%2fpasswd"),
        *("/media/1/file/..%2f..%2fetc", "/media/%2e%2e/preview.wav", "/media/upload/..%2f..%2fx"),
        *("/media/upload/" + "." * 22, "/media/-1", "/media/99999999999999999999", "/media/1e3"),
    ],
)
def test_no_address_leads_out_of_the_library(client, path) -> None:
    answer = client.get(path)
    assert answer.status_code in (404, 422)
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "token", ["short", "聞き耳の長い長い合言葉です", "with a blank in it", 'quote"quote"quote']
)
def test_tokens_that_no_address_can_carry_or_that_are_short_are_refused(settings, token) -> None:
    with pytest.raises(ConfigError, match="token"):
        replace(settings, token=token)


def test_listening_beyond_this_machine_needs_a_token(settings) -> None:
    with pytest.raises(ConfigError, match="token"):
        replace(settings, host="0.0.0.0", token=None)


def test_a_body_that_does_not_arrive_is_not_waited_for() -> None:
    async def app(scope, receive, send) -> None:
        await receive()

    async def receive():
        await asyncio.sleep(60)

    async def send(message) -> None:
        raise AssertionError(message)

    limited = BodyLimitMiddleware(app, larger={}, pause_s=0.01)
    scope = {"type": "http", "path": "/api/uploads", "headers": []}
    with pytest.raises(HTTPException) as raised:
        asyncio.run(limited(scope, receive, send))
    assert raised.value.status_code == 408
