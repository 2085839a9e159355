"""A listener: hears a source to its end, whatever happens on the way.

Everything is done in the thread that calls `run`, block by block; only actions have threads of
their own. Memory does not grow with time.

Axes: C channels, T samples.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from itertools import count

import numpy as np

from kikimimi.audio.sources import downmix
from kikimimi.listening.bad_samples import mended
from kikimimi.listening.contract import Alert, Block, Publish, Sensor, SoundFormat, Source
from kikimimi.listening.delivery.courier import Courier
from kikimimi.listening.delivery.queues import Waiting
from kikimimi.listening.feed import FaultTeller
from kikimimi.listening.hearing import Hearing
from kikimimi.listening.rules.rule import Rule
from kikimimi.listening.rules.watch import Fulfilled
from kikimimi.listening.sensors.spectrum import FINE, SpectrumDetail, SpectrumRows
from kikimimi.listening.snippets import Snippet, SnippetCutter
from kikimimi.listening.sound_clock import SoundClock
from kikimimi.types import FloatArray

_PIECE_S = 0.25


class Listener:
    """Hears, and tells.

    Args:
        sensors: what turns sound into scores; the levels first, so that others know how loud it
            was.
        rules: when somebody is told.
        couriers: the actions by name, started or stepped by the caller.
        publish: told of everything, see `feed`.
        clock: the clock on the wall.
        spectrum: how fine the rows of a spectrogram are that are told; None tells none.

    Raises:
        ConfigError: a rule names what no sensor knows.
    """

    def __init__(
        self,
        *,
        sensors: Sequence[Sensor],
        publish: Publish,
        rules: Sequence[Rule] = (),
        couriers: Mapping[str, Courier] | None = None,
        clock: SoundClock | None = None,
        spectrum: SpectrumDetail | None = None,
    ) -> None:
        self._publish = publish
        self._clock = clock or SoundClock()
        self._couriers = dict(couriers or {})
        self._detail = spectrum
        self._hearing = Hearing(sensors, rules, publish=publish, wall=self._clock)
        self._tell_fault = FaultTeller(publish)
        self._run = secrets.token_hex(4)
        self._numbers = count(1)
        self._alerts = 0
        self._heard = 0  # samples, with those that were lost
        self._is_away = False

    def run(self, source: Source) -> None:
        """Hear a source to its end, which for a live one is `source.close()`.

        Raises:
            AudioError: the source cannot be opened, or is damaged from some place on.
            ListeningError: the device is not there.
        """
        self._begin(source.name, source.open())
        try:
            for block in source.blocks():
                self._take(block)
        finally:
            self._end()

    def _begin(self, name: str, sound: SoundFormat) -> None:
        self._name, self._sound, self._heard = name, sound, 0
        spans = [c.action.audio for c in self._couriers.values() if c.action.audio is not None]
        rate_hz, channels = sound.sample_rate_hz, sound.channels
        self._cutter = None
        if spans:
            self._cutter = SnippetCutter(sample_rate_hz=rate_hz, channels=channels, spans=spans)
        self._spectrum = SpectrumRows(sample_rate_hz=rate_hz, detail=self._detail or FINE)
        self._is_away = False
        self._clock.set(0.0, None)
        self._hearing.start(sound, at_s=0.0)
        self._publish(
            "started",
            {
                "source": name,
                "sample_rate_hz": rate_hz,
                "channels": channels,
                "time": self._clock(0.0).isoformat(timespec="milliseconds"),
                "labels": {sensor.kind: list(sensor.labels) for sensor in self._hearing.sensors},
                "bands_hz": np.round(self._spectrum.edges_hz, 1).tolist(),
                "row_s": self._spectrum.row_s,
            },
        )

    def _end(self) -> None:
        self._finish_hearing()
        left = sum(len(courier) for courier in self._couriers.values())
        self._publish(
            "ended",
            {"heard_s": round(self._now_s, 3), "alerts": self._alerts, "undelivered": left},
        )

    @property
    def _now_s(self) -> float:
        """The end of what was heard."""
        return self._heard / self._sound.sample_rate_hz

    def _take(self, block: Block) -> None:
        if block.complaint:
            self._tell_fault(self._name, block.complaint, at_s=self._now_s)
        self._notice_absence(block)
        if block.lost_s > 0:
            self._go_on_after(block.lost_s)
        samples, complaint = mended(block.samples, self._sound.channels)
        if complaint:
            self._tell_fault(self._name, complaint, at_s=self._now_s)
        count, rate_hz = samples.shape[1], self._sound.sample_rate_hz
        if not count:
            return
        self._clock.set((self._heard + count) / rate_hz, block.heard_at)
        size = max(1, round(_PIECE_S * rate_hz))
        for start in range(0, count, size):
            self._hear(samples[:, start : start + size])

    def _notice_absence(self, block: Block) -> None:
        """Tell once that no sound comes, and once that it does again."""
        if self._is_away and block.samples.size:
            self._is_away = False
            self._publish("source", {"is_heard": True, "message": ""})
        elif block.is_away and not self._is_away:
            self._is_away = True
            self._publish("source", {"is_heard": False, "message": block.complaint})

    def _go_on_after(self, lost_s: float) -> None:
        """Sound was lost: what was heard before does not join what comes."""
        self._finish_hearing()
        lost = round(lost_s * self._sound.sample_rate_hz)
        self._heard += lost
        if self._cutter is not None:
            self._cutter.skip(lost)
        self._hearing.start(self._sound, at_s=self._now_s)
        self._spectrum.start(self._now_s)
        self._tell_fault(self._name, f"{lost_s:.2f} s were not heard", at_s=self._now_s)

    def _finish_hearing(self) -> None:
        for fulfilled in self._hearing.finish():
            self._alert(fulfilled)
        if self._cutter is not None:
            self._deliver(self._cutter.finish())

    def _hear(self, samples: FloatArray) -> None:
        self._heard += samples.shape[1]
        if self._cutter is not None:
            self._deliver(self._cutter.push(samples))
        for fulfilled in self._hearing.push(samples, end_s=self._now_s):
            self._alert(fulfilled)
        if self._detail is not None:
            for end_s, row in self._spectrum.push(downmix(samples.T)):
                self._publish("spectrum", {"at_s": round(end_s, 3), "levels": row.tolist()})

    def _alert(self, fulfilled: Fulfilled) -> None:
        rule, happening = fulfilled.rule, fulfilled.happening
        alert = Alert(
            id=f"{self._run}-{next(self._numbers)}",
            rule=rule.name,
            description=rule.description,
            happening=happening,
            time=self._clock(happening.onset_s),
            told_s=self._now_s,
            source=self._name,
            count=fulfilled.count,
            held_off=fulfilled.held_off,
        )
        self._alerts += 1
        self._publish("alert", alert.as_dict())
        for name, courier in self._couriers.items():
            if rule.actions is None or name in rule.actions:
                self._hand_over(courier, alert)

    def _hand_over(self, courier: Courier, alert: Alert) -> None:
        span = courier.action.audio
        if span is None:
            courier.offer(Waiting(alert.as_dict()))
        elif self._cutter is not None:
            self._cutter.want(courier, alert, span)

    def _deliver(self, snippets: Iterable[Snippet]) -> None:
        for snippet in snippets:
            snippet.courier.offer(Waiting(snippet.alert.as_dict(), snippet.clip))
