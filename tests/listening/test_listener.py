"""A listener as a whole, on sensors whose scores are known."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from kikimimi.errors import ConfigError, EncoderError
from kikimimi.listening.contract import (
    Action,
    AudioSpan,
    Block,
    Kind,
    Scores,
    Sensor,
    SoundFormat,
    Source,
)
from kikimimi.listening.delivery.courier import Courier
from kikimimi.listening.delivery.queues import MemoryQueue
from kikimimi.listening.listener import Listener
from kikimimi.listening.rules.rule import Rule
from kikimimi.listening.sensors.levels import LevelSensor
from kikimimi.listening.sensors.spectrum import COARSE, FINE
from kikimimi.listening.sound_clock import SoundClock

RATE_HZ = 8000
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


class Loudness(Sensor):
    """Hears a siren where samples are positive and large, one score each tenth of a second."""

    kind: Kind = "event"
    labels = ("Siren",)
    thresholds = np.array([0.5], np.float32)

    def start(self, sound: SoundFormat) -> None:
        self._held, self._frame = np.zeros(0, np.float32), 0

    def push(self, samples, mono) -> Iterator[Scores]:
        self._held = np.concatenate([self._held, mono])
        while len(self._held) >= RATE_HZ // 10:
            score = np.abs(self._held[: RATE_HZ // 10]).max()
            if score > 7:
                raise EncoderError("too loud for me")
            yield Scores(self._frame * 0.1, 0.1, np.array([[score]], np.float32))
            self._held = self._held[RATE_HZ // 10 :]
            self._frame += 1


class Given(Source):
    """Blocks that are given."""

    name = "given"

    def __init__(self, blocks, channels: int = 1) -> None:
        self._blocks, self._channels = blocks, channels

    def open(self) -> SoundFormat:
        return SoundFormat(RATE_HZ, self._channels)

    def blocks(self) -> Iterator[Block]:
        yield from self._blocks

    def close(self) -> None:
        return


class Kept(Action):
    """Keeps what it gets."""

    def __init__(self, audio: AudioSpan | None = None) -> None:
        self.got: list = []
        self._audio = audio

    @property
    def audio(self) -> AudioSpan | None:
        return self._audio

    def deliver(self, alert, audio):
        self.got.append((alert, audio))


SIREN = Rule("siren", event="Siren", hold_off_s=0.0, gap_s=0.0)


def sound(pattern: str, channels: int = 1) -> np.ndarray:
    """A tenth of a second for each character: `x` loud, `.` silent, each sample its own value."""
    loud = np.repeat([0.9 if mark == "x" else 0.0 for mark in pattern], RATE_HZ // 10)
    ramp = np.arange(len(loud)) / 1e6
    return np.tile((loud + ramp).astype(np.float32), (channels, 1))


def heard(blocks, *, rules=(SIREN,), action=None, now=lambda: NOON, zone=UTC, channels=1, **more):
    """Messages by kind, of blocks of samples or of `Block`s."""
    told: dict[str, list] = {}
    listener = Listener(
        sensors=[LevelSensor(), Loudness()],
        rules=rules,
        couriers={"keep": _courier(action)} if action is not None else {},
        publish=lambda kind, data: told.setdefault(kind, []).append(data),
        clock=SoundClock(zone=zone, now=now),
        **more,
    )
    given = [block if isinstance(block, Block) else Block(block) for block in blocks]
    listener.run(Given(given, channels))
    return told


class _Now(Courier):
    """Delivers at once, in the thread that offers."""

    def offer(self, waiting):
        super().offer(waiting)
        while len(self):
            self.step()


def _courier(action: Action) -> Courier:
    return _Now("keep", action, MemoryQueue(99), publish=lambda kind, data: None)


def onsets(told) -> list[float]:
    return [alert["onset_s"] for alert in told.get("alert", [])]


def test_alerts_come_with_time_level_and_length():
    told = heard([sound("..........xx........")], zone=timezone(timedelta(hours=9)))
    (alert,) = told["alert"]
    assert alert["rule"] == "siren" and alert["label"] == "Siren" and alert["onset_s"] == 1.0
    assert alert["time"] == "2026-07-01T20:59:59.000+09:00"  # two seconds end at 21:00
    assert alert["level_db"] is not None and alert["told_s"] <= 1.5
    assert told["ended"][0] == {"heard_s": 2.0, "alerts": 1, "undelivered": 0}
    assert len(told["level"]) == 2 and told["level"][1]["LAFmax"] > told["level"][0]["LAFmax"]
    begun, over = told["happening"]
    assert not begun["is_over"] and over["is_over"] and over["duration_s"] == pytest.approx(0.2)


def test_blocks_of_any_size_give_the_same_alerts():
    samples = sound("..xx....x...xxxx.x..")
    whole = onsets(heard([samples]))
    for size in (1, 17, 799, 801, 5000):
        cuts = range(size, samples.shape[1], size) if size > 1 else [1, 2, 3]
        assert onsets(heard(np.split(samples, list(cuts), axis=1))) == whole


def test_a_snippet_holds_the_samples_from_before_to_after():
    keep = Kept(AudioSpan(pre_roll_s=0.3, post_roll_s=0.4))
    samples = sound("..........x.........", channels=2)
    told = heard(np.split(samples, 40, axis=1), action=keep, channels=2)
    ((_, clip),) = keep.got
    end = round((told["alert"][0]["told_s"] + 0.4) * RATE_HZ)
    np.testing.assert_array_equal(clip.samples, samples[:, round(0.7 * RATE_HZ) : end])


def test_a_snippet_at_the_end_of_the_sound_has_what_there_is():
    keep = Kept(AudioSpan(pre_roll_s=9, post_roll_s=9))
    samples = sound("...x.")
    heard([samples], action=keep)
    np.testing.assert_array_equal(keep.got[0][1].samples, samples)


def test_bad_blocks_are_mended_and_told_and_nothing_dies():
    broken = sound("..........")
    broken[0, 5] = np.nan
    broken[0, 6] = np.inf
    blocks = [
        broken,
        np.zeros((3, 100), np.float32),  # another channel count
        np.zeros(7, np.float32),
        np.full((1, 800), 1e30, np.float32),
        np.zeros((1, 0), np.float32),
        sound("xx........"),
    ]
    told = heard(blocks)
    messages = [fault["message"] for fault in told["fault"]]
    assert any("2 samples were NaN" in message for message in messages)
    assert any("1 channels are heard" in message for message in messages)
    assert any("beyond full scale" in message for message in messages)
    assert onsets(told)[-1] == pytest.approx(1.1)
    assert np.isfinite([level["LAeq"] for level in told["level"]]).all()


def test_the_same_complaint_is_not_told_over_and_over():
    broken = sound(".")
    broken[0, 0] = np.nan
    assert len(heard([broken] * 250)["fault"]) == 3  # in 25 seconds, one each ten


def test_a_sensor_that_fails_begins_anew_and_times_stay_right():
    samples = sound("....xx....")
    told = heard([sound("....x....."), np.full((1, 800), 7.5, np.float32), samples])
    assert "too loud for me" in told["fault"][0]["message"]
    assert onsets(told) == pytest.approx([0.4, 1.5])


def test_lost_sound_does_not_join_and_time_goes_on():
    keep = Kept(AudioSpan(pre_roll_s=5, post_roll_s=0))
    after = Block(sound("..xx......"), lost_s=60.0, complaint="unplugged")
    told = heard([sound("........xx"), after], action=keep)
    assert onsets(told) == [0.8, 61.2]  # two happenings, not one
    assert {"unplugged", "60.00 s were not heard"} <= {f["message"] for f in told["fault"]}
    second = keep.got[1][1].samples
    np.testing.assert_array_equal(second, after.samples[:, : second.shape[1]])
    assert told["ended"][0]["heard_s"] == 62.0


@pytest.mark.parametrize("jump_s", [-86400, 86400])
def test_a_clock_that_is_set_moves_times_and_nothing_else(jump_s):
    moments = [NOON] * 3 + [NOON + timedelta(seconds=jump_s)] * 1000
    rule = Rule("siren", event="Siren", hold_off_s=1.5, duration_s=0.2, gap_s=0.0)
    blocks = [sound("..xx......")] * 4
    told = heard(blocks, rules=[rule], now=iter(moments).__next__)
    assert onsets(told) == [0.2, 2.2]
    last = datetime.fromisoformat(told["alert"][-1]["time"])
    assert abs(last - (NOON + timedelta(seconds=jump_s))) < timedelta(seconds=10)


def test_times_of_a_recording_are_its_own():
    blocks = [Block(sound("..x......."), heard_at=NOON + timedelta(seconds=1))]
    told = heard(blocks, now=lambda: NOON + timedelta(days=300))
    assert told["alert"][0]["time"] == "2026-07-01T12:00:00.200+00:00"


def test_ids_are_never_given_twice():
    first, second = heard([sound("x.x.")])["alert"], heard([sound("x.x.")])["alert"]
    assert len({alert["id"] for alert in (*first, *second)}) == 4


def test_actions_are_those_of_the_rule():
    keep = Kept()
    nobody = Rule("siren", event="Siren", gap_s=0.0, actions=())
    assert heard([sound("x..")], rules=[nobody], action=keep)["alert"] and not keep.got
    heard([sound("x..")], rules=[Rule("s", event="Siren", actions=("keep",))], action=keep)
    assert len(keep.got) == 1


def test_levels_are_ruled_like_events():
    rule = Rule("loud", level="LAF", above_db=-45.0, hold_off_s=0)
    time_s = np.arange(RATE_HZ * 2) / RATE_HZ
    tone = (0.02 * np.sin(2 * np.pi * 1000 * time_s) * (time_s > 1)).astype(np.float32)
    (alert,) = heard([tone[None]], rules=[rule])["alert"]
    assert alert["kind"] == "level" and alert["label"] == "LAF"
    assert alert["onset_s"] == pytest.approx(1.0, abs=0.11)


def test_rows_of_a_spectrogram_are_told_where_wanted():
    assert "spectrum" not in heard([sound("..")])
    time_s = np.arange(RATE_HZ) / RATE_HZ
    tone = np.sin(2 * np.pi * 1000 * time_s).astype(np.float32)[None]
    told = heard([tone], spectrum=FINE)
    edges = told["started"][0]["bands_hz"]
    row = np.array(told["spectrum"][5]["levels"])
    assert len(told["spectrum"]) == 10 and len(row) == len(edges) - 1
    loudest = int(row.argmax())
    assert edges[loudest - 1] <= 1000 <= edges[loudest + 2] and row.max() >= 250
    assert told["started"][0]["row_s"] == 0.1
    assert [row["at_s"] for row in told["spectrum"]] == pytest.approx(np.arange(1, 11) / 10)


def test_rows_know_nothing_of_what_came_before_a_gap():
    half = np.ones((1, RATE_HZ // 20), np.float32)
    told = heard([half, Block(0 * np.tile(half, 4), lost_s=7.0)], spectrum=FINE)
    assert [row["at_s"] for row in told["spectrum"]] == pytest.approx([7.15, 7.25])
    assert max(max(row["levels"]) for row in told["spectrum"]) == 0


def test_coarse_rows_are_means_of_seconds_in_thirds_of_an_octave():
    seconds = np.arange(2 * RATE_HZ) / RATE_HZ
    quieter = np.sin(2 * np.pi * 1000 * seconds) * (seconds % 1 < 0.5)  # half of each second
    told = heard([quieter[None].astype(np.float32)], spectrum=COARSE)
    assert [row["at_s"] for row in told["spectrum"]] == [1.0, 2.0]
    assert told["started"][0]["row_s"] == 1.0 and len(told["spectrum"][0]["levels"]) == 27
    assert max(told["spectrum"][1]["levels"]) == pytest.approx(255 * 0.97, abs=1)  # -3 dB of 100


def test_absence_is_told_once_and_that_it_is_over():
    away = Block(np.zeros((1, 0), np.float32), complaint="unplugged", is_away=True)
    told = heard([sound(".."), away, away, Block(away.samples, complaint="back"), sound("..")])
    lost, back = told["source"]
    assert lost == {"is_heard": False, "message": "unplugged"} and back["is_heard"]


def test_a_rule_that_nothing_hears_is_refused():
    with pytest.raises(ConfigError, match="'machine': nothing listens for its kind"):
        heard([], rules=[Rule("machine", anomaly=True)])
