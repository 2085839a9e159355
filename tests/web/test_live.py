"""What a page learns of a listener: all that is kept at first, then only what is new."""

import base64
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from kikimimi.web.app import create_app
from kikimimi.web.live import history as history_module
from kikimimi.web.live.history import LiveHistory
from kikimimi.web.live.numbered import Numbered

STARTED = {
    "source": "門 <b>",
    "sample_rate_hz": 48000,
    "channels": 1,
    "time": "2026-11-22T18:30:00.000+09:00",
    "labels": {"event": ["Dog"] * 521},
    "bands_hz": [40.0, 100.0, 1000.0, 24000.0],
    "row_s": 0.1,
}


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def live(clock):
    return LiveHistory(
        keeps_audio=True,
        full_scale_db=94.0,
        monotonic=clock,
        now=lambda: datetime(2026, 11, 22, tzinfo=UTC),
    )


@pytest.fixture
def client(settings, live):
    with TestClient(create_app(settings, live=live), base_url="http://127.0.0.1:8765") as client:
        yield client


def level(at_s: float) -> dict:
    return {"time": f"T{at_s}", "at_s": at_s, "LAF": -30.1, "LAFmax": -20.0, "LAeq": -25.5}


def row(at_s: float) -> dict:
    return {"at_s": at_s, "levels": [0, 128, 255]}


def dog(onset_s: float, duration_s: float, *, is_over: bool = False) -> dict:
    return {
        **{"time": "T", "sound_kind": "event", "label": "Dog", "onset_s": onset_s},
        **{"duration_s": duration_s, "score": 0.9, "level_db": None, "is_over": is_over},
    }


ALERT = {
    **{"id": "a-1", "rule": "bark", "description": "", "kind": "event", "label": "Dog"},
    **{"time": "T", "onset_s": 3.0, "duration_s": 1.0, "score": 0.9, "level_db": -20.0},
    **{"told_s": 4.0, "source": "門", "count": 1, "held_off": 0},
}


def test_a_page_that_opens_late_gets_what_is_kept_and_then_only_what_is_new(client, live):
    live.publish("started", STARTED)
    for second in range(1, 4):
        live.publish("level", level(second))
        live.publish("spectrum", row(second))
    live.publish("happening", dog(2.0, 0.5))
    live.publish("alert", ALERT)
    live.publish("queue", {"action": "phone", "waiting": 2, "is_failing": True})
    first = client.get("/api/live").json()
    assert first["started"]["source"] == "門 <b>" and "labels" not in first["started"]
    assert [each["at_s"] for each in first["levels"]] == [1, 2, 3]
    assert first["rows"]["end_s"] == [1, 2, 3]
    assert base64.b64decode(first["rows"]["levels"]) == bytes([0, 128, 255] * 3)
    assert first["now"]["state"] == "heard" and first["now"]["at_s"] == 3
    assert first["happenings"][0]["label_ja"] == "犬" and first["alerts"][0]["label_ja"] == "犬"
    assert first["full_scale_db"] == 94 and first["keeps_audio"]

    known = {"run": first["run"], "after": first["next"]}
    again = client.get("/api/live", params=known).json()
    assert again["started"] is None
    assert not (again["levels"] or again["alerts"] or again["rows"]["end_s"])
    assert again["queues"] == first["queues"]

    live.publish("happening", dog(2.0, 1.5, is_over=True))
    live.publish("level", level(4))
    (news,) = client.get("/api/live", params=known).json()["happenings"]
    assert news["is_over"] and news["duration_s"] == 1.5
    whole = client.get("/api/live").json()
    assert len(whole["happenings"]) == 1 and len(whole["levels"]) == 4


def test_a_model_is_not_translated(client, live):
    live.publish("started", STARTED)
    live.publish("happening", dog(1.0, 1.0) | {"sound_kind": "anomaly", "label": "fan"})
    live.publish("alert", ALERT | {"kind": "anomaly", "label": "fan"})
    told = client.get("/api/live").json()
    for one in (told["happenings"][0], told["alerts"][0]):
        assert (one["kind"], one["label_en"], one["label_ja"]) == ("anomaly", "fan", "fan")


def test_another_run_is_told_from_the_beginning(client, live):
    live.publish("started", STARTED)
    live.publish("level", level(1))
    told = client.get("/api/live", params={"run": "of yesterday", "after": 9999}).json()
    assert told["started"] and len(told["levels"]) == 1


def test_nothing_grows_however_long_it_runs(live):
    live.publish("started", STARTED)
    for number in range(1, 20_000):
        live.publish("level", level(float(number)))
        live.publish("spectrum", row(number / 10))
        live.publish("happening", dog(float(number), 1.0, is_over=True))
        live.publish("alert", ALERT)
        live.publish("fault", {"part": "x", "message": "y", "is_over": False})
        live.publish("queue", {"action": "phone", "waiting": number, "is_failing": False})
    news = live.news()
    sizes = (news.rows, news.levels, news.happenings, news.alerts, news.faults, news.queues)
    assert [len(each) for each in sizes] == [6000, 600, 200, 100, 50, 1]
    assert news.levels[-1]["at_s"] - news.levels[0]["at_s"] < history_module.KEPT_S


def test_what_lies_before_a_long_gap_is_forgotten(live):
    live.publish("started", STARTED)
    live.publish("spectrum", row(1.0))
    live.publish("level", level(1.0))
    live.publish("spectrum", row(5000.0))
    live.publish("level", level(5000.0))
    assert len(live.news().rows) == len(live.news().levels) == 1


def test_the_source_goes_away_and_comes_back(live, clock):
    assert live.news().now.state == "starting"
    live.publish("started", STARTED)
    clock.now_s = 7.0
    assert live.news().now.quiet_s == 7.0
    live.publish("source", {"is_heard": False, "message": "unplugged"})
    assert (live.news().now.state, live.news().now.message) == ("away", "unplugged")
    live.publish("source", {"is_heard": True, "message": ""})
    live.publish("level", level(1.0))
    now = live.news().now
    assert (now.state, now.message, now.quiet_s) == ("back", "", 0.0)
    assert now.since == "2026-11-22T00:00:00.000+00:00"
    live.publish("ended", {"heard_s": 1.0, "alerts": 0, "undelivered": 0})
    assert live.news().now.state == "ended"


def test_another_sound_begins_with_pictures_of_its_own(live):
    for number in (1, 2):
        live.publish("started", STARTED)
        live.publish("spectrum", row(0.1))
        live.publish("happening", dog(0.0, 1.0, is_over=True))
        live.publish("ended", {"heard_s": 1.0, "alerts": 0, "undelivered": 0})
        assert len(live.news().rows) == 1 and live.news().sound == number
    assert [each["sound"] for each in live.news().happenings] == [1, 2]


def test_faults_are_told_with_the_time(live):
    live.publish("fault", {"part": "phone", "message": "away", "is_over": False})
    assert live.news().faults[0]["time"] == "2026-11-22T00:00:00.000+00:00"


def test_messages_of_no_use_to_a_page_change_nothing(live):
    live.publish("something new", {})
    assert live.news().next == 0


def test_a_server_without_a_listener_says_so(settings):
    with TestClient(create_app(settings), base_url="http://127.0.0.1:8765") as client:
        answer = client.get("/api/live")
        assert answer.status_code == 404 and "listen --serve" in answer.json()["error"]["message"]
        assert client.get("/api/status").json()["is_live"] is False


def test_the_listener_is_told_of_and_guarded_like_everything_else(client):
    assert client.get("/api/status").json()["is_live"] is True
    assert client.get("/api/live", headers={"Host": "evil.example"}).status_code == 403
    assert client.get("/api/live", headers={"Origin": "https://evil.example"}).status_code == 403
    for wrong in ({"after": -1}, {"after": "x"}, {"run": "x" * 33}):
        assert client.get("/api/live", params=wrong).status_code == 422


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 99))), st.integers(0, 40))
def test_since_a_number_are_the_last_of_each_key_after_it(puts, after):
    numbered: Numbered[int] = Numbered(4)
    for number, (key, value) in enumerate(puts, start=1):
        numbered.put(number, value, key=key)
    last = {key: (number, value) for number, (key, value) in enumerate(puts, start=1)}
    kept = sorted(last.values())[-4:]
    assert numbered.since(after) == [value for number, value in kept if number > after]
