"""Actions against true receivers: an HTTP server, an MQTT broker, programs, files."""

import json
import socket
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest

from kikimimi.audio.reading import read_clip
from kikimimi.errors import ConfigError
from kikimimi.library.library import Library
from kikimimi.listening.actions.registry import action_kinds, create_action
from kikimimi.listening.actions.texts import alert_line, filled
from kikimimi.listening.contract import RefusedError, TemporaryError
from kikimimi.listening.storage import StorageLimit, make_room, snippets
from kikimimi.types import Clip

ALERT = {
    "id": "run-1",
    "rule": "glass",
    "description": "割れる音",
    "time": "2026-11-22T18:30:00.250+09:00",
    "told_s": 3.0,
    "source": "microphone",
    "count": 1,
    "held_off": 2,
    "kind": "event",
    "label": "Shatter",
    "onset_s": 2.0,
    "duration_s": 0.3,
    "score": 0.71,
    "level_db": None,
}


def made(kind: str, **settings):
    return create_action(kind, settings, where="test")


def test_every_way_of_telling_is_there():
    expected = ["command", "desktop", "json_lines", "line", "mqtt", "snippet", "webhook"]
    assert action_kinds() == expected


@pytest.mark.parametrize("kind", action_kinds())
def test_unknown_settings_are_refused(kind):
    with pytest.raises(ConfigError, match="unknown key 'colour'"):
        made(kind, colour="red")


def test_a_line_says_what_matters_in_the_language_that_is_wanted(capsys):
    made("line", language="ja").deliver({**ALERT, "level_db": 71.2}, None)
    line = capsys.readouterr().out.strip()
    assert line == (
        "2026-11-22T18:30:00.250+09:00  glass: ガラスの割れる音 "
        "(0.3 s, score 0.71, LAFmax 71.2 dB, 2 held off before)"
    )
    assert "LAFmax" not in alert_line(ALERT)


def test_keys_stand_for_values_once_and_nothing_else_is_touched():
    assert filled("{rule}-{label} {nobody} {level_db}{", ALERT) == "glass-Shatter {nobody} {"
    assert filled("{rule}", {"rule": "{label}", "label": "x"}) == "{label}"


def test_json_lines_are_begun_anew_when_full(tmp_path):
    path = tmp_path / "new" / "alerts.jsonl"
    action = made("json_lines", path=str(path), most_mb=0.001)
    for _ in range(5):
        action.deliver(ALERT, None)
    assert path.stat().st_size <= 1000 and (tmp_path / "new" / "alerts.jsonl.1").exists()
    assert [json.loads(line) for line in path.read_text("utf-8").splitlines()][-1] == ALERT


def test_json_lines_that_cannot_be_written_are_tried_again(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TemporaryError, match="file"):
        made("json_lines", path=str(tmp_path / "file" / "a.jsonl")).deliver(ALERT, None)


def test_a_command_gets_arguments_and_json_and_no_shell(tmp_path):
    out = tmp_path / "out.txt"
    script = (
        "import sys,json; open(sys.argv[1],'w').write(sys.argv[2]+json.load(sys.stdin)['label'])"
    )
    action = made("command", arguments=[sys.executable, "-c", script, str(out), "{rule}; rm $HOME"])
    action.deliver(ALERT, None)
    assert out.read_text() == "glass; rm $HOMEShatter"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["/no/such/program"], "cannot be run"),
        ([sys.executable, "-c", "raise SystemExit(3)"], "ended with status 3"),
        ([sys.executable, "-c", "import time; time.sleep(60)"], "ran over 0.3 s"),
    ],
)
def test_commands_that_fail_are_not_run_again(arguments, complaint):
    with pytest.raises(RefusedError, match=complaint):
        made("command", arguments=arguments, timeout_s=0.3).deliver(ALERT, None)


class _Post(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), self.path, json.loads(body)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *arguments):
        return


@pytest.fixture
def server():
    served = HTTPServer(("127.0.0.1", 0), _Post)
    served.got, served.status = [], 204
    thread = threading.Thread(target=served.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield served
    served.shutdown()
    served.server_close()


def test_a_webhook_posts_the_alert(server, monkeypatch):
    monkeypatch.setenv("HOOK_TOKEN", "secret")
    url = f"http://127.0.0.1:{server.server_port}/hook?a=1"
    action = made("webhook", url=url, headers={"Authorization": "$HOOK_TOKEN"})
    action.deliver(ALERT, None)
    (headers, path, body), *_ = server.got
    assert body == ALERT and path == "/hook?a=1"
    assert headers["Authorization"] == "secret" and headers["Idempotency-Key"] == "run-1"
    assert "secret" not in str(action.headers)


@pytest.mark.parametrize(
    ("status", "raised"),
    [
        *((status, TemporaryError) for status in (500, 503, 429, 408)),
        *((status, RefusedError) for status in (400, 404, 302)),
    ],
)
def test_answers_that_pass_are_tried_again_and_others_not(server, status, raised):
    server.status = status
    with pytest.raises(raised, match=str(status)):
        made("webhook", url=f"http://127.0.0.1:{server.server_port}").deliver(ALERT, None)


def test_a_receiver_that_is_not_there_is_tried_again():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(TemporaryError, match="cannot be reached"):
        made("webhook", url=url).deliver(ALERT, None)


@pytest.mark.parametrize("drips", [False, True])
def test_a_receiver_that_hangs_is_left_in_time(drips):
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def hang():
        connection, _ = listener.accept()
        with connection:
            while not over.wait(0.05):
                if drips:  # a byte now and then, so that no read ever times out
                    try:
                        connection.send(b"H")
                    except OSError:
                        return

    thread = threading.Thread(target=hang, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        with pytest.raises(TemporaryError, match="cannot be reached"):
            made("webhook", url=url, timeout_s=0.3).deliver(ALERT, None)
    finally:
        over.set()
        thread.join(5)
        listener.close()


class Broker:
    """As much of an MQTT 3.1.1 broker as one publisher needs."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []
        self.acknowledges = True
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            while head := stream.read(1):
                length, shift = 0, 0
                while True:
                    byte = stream.read(1)[0]
                    length |= (byte & 127) << shift
                    shift += 7
                    if byte < 128:
                        break
                body = stream.read(length)
                if head[0] >> 4 == 1:  # CONNECT
                    connection.sendall(b"\x20\x02\x00\x00")
                if head[0] >> 4 == 3:  # PUBLISH
                    size = struct.unpack(">H", body[:2])[0]
                    topic, rest = body[2 : 2 + size].decode(), body[2 + size :]
                    self.got.append((topic, rest[2:]))
                    if self.acknowledges:
                        connection.sendall(b"\x40\x02" + rest[:2])


@pytest.fixture
def broker():
    served = Broker()
    yield served
    served.close()


def test_mqtt_publishes_until_it_is_acknowledged(broker):
    action = made("mqtt", host="127.0.0.1", port=broker.port, topic="home/{rule}", timeout_s=5)
    try:
        action.deliver({**ALERT, "rule": "a/b+"}, None)
        action.deliver(ALERT, None)
    finally:
        action.close()
    assert [topic for topic, _ in broker.got] == ["home/a_b_", "home/glass"]
    assert json.loads(broker.got[1][1]) == ALERT


def test_a_broker_that_does_not_acknowledge_is_tried_again(broker):
    broker.acknowledges = False
    action = made("mqtt", host="127.0.0.1", port=broker.port, timeout_s=0.2)
    with pytest.raises(TemporaryError, match="did not acknowledge"):
        action.deliver(ALERT, None)
    broker.acknowledges = True
    made("mqtt", host="127.0.0.1", port=broker.port, timeout_s=5).deliver(ALERT, None)


def test_a_broker_that_is_not_there_is_tried_again():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(TemporaryError, match="cannot be reached"):
        made("mqtt", host="127.0.0.1", port=port, timeout_s=1).deliver(ALERT, None)


@pytest.mark.parametrize("wrong", [{"topic": "a/#"}, {"port": 0}, {"host": ""}, {"password": "x"}])
def test_impossible_brokers_are_refused(wrong):
    with pytest.raises(ConfigError):
        made("mqtt", **{"host": "a", **wrong})


def noise(seconds: float, channels: int = 1) -> Clip:
    shape = (channels, round(seconds * 16000))
    return Clip(np.random.default_rng(0).uniform(-0.5, 0.5, shape).astype(np.float32), 16000)


def test_a_snippet_is_named_by_time_and_sound(tmp_path):
    action = made("snippet", folder=str(tmp_path / "kept"), subtype="FLOAT", least_free_mb=0.0)
    clip = noise(0.5, channels=2)
    action.deliver(ALERT, clip)
    (path,) = (tmp_path / "kept").iterdir()
    assert path.name == "kikimimi-20261122T093000.250Z-Shatter-run-1.wav"
    np.testing.assert_array_equal(read_clip(path).samples, clip.samples)


def test_the_oldest_snippets_give_way_and_nothing_else(tmp_path):
    action = made("snippet", folder=str(tmp_path), most_mb=0.05, least_free_mb=0.0)
    (tmp_path / "kikimimi-mine.wav").write_bytes(b"\0" * 90_000)
    for second in range(5):
        stamp = f"2026-11-22T18:30:0{second}.000+09:00"
        action.deliver({**ALERT, "time": stamp, "id": f"run-{second}"}, noise(0.5))
    assert [path.name[-9:-4] for path in snippets(tmp_path)] == ["run-2", "run-3", "run-4"]
    assert sum(path.stat().st_size for path in snippets(tmp_path)) <= 50_000
    assert (tmp_path / "kikimimi-mine.wav").exists()


def test_a_disk_without_room_is_tried_again(tmp_path):
    action = made("snippet", folder=str(tmp_path), least_free_mb=1e12)
    with pytest.raises(TemporaryError, match="no room"):
        action.deliver(ALERT, noise(0.1))
    assert make_room(tmp_path, 1, StorageLimit(10)) == []


def test_a_snippet_goes_into_the_library(tmp_path):
    library = tmp_path / "sounds.kikimimi"
    with Library(library, encoder="placeholder") as opened:
        opened.create()
    action = made("snippet", folder=str(tmp_path / "kept"), library=str(library), least_free_mb=0.0)
    action.deliver(ALERT, noise(1.0))
    with Library(library) as opened:
        (sound,) = opened.sounds()
        tags = {tag.name for tag in opened.tags_of(sound.path)}
    assert {"glass", "Shatter"} <= tags


def test_no_sound_no_snippet(tmp_path):
    with pytest.raises(RefusedError):
        made("snippet", folder=str(tmp_path)).deliver(ALERT, None)
