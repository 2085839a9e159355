"""From a call to a listener that runs."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from kikimimi.cli.listening.calls import STANDARD_INPUT, ListenCall
from kikimimi.cli.listening.telling import JsonTeller, LineTeller, WhileHeard
from kikimimi.cli.output import print_failure
from kikimimi.encoders.detection.registry import load_detector
from kikimimi.errors import AudioError, ListeningError
from kikimimi.listening.assembly import ListenSettings, assembled
from kikimimi.listening.contract import Publish, Source, Subscribers
from kikimimi.listening.listener import Listener
from kikimimi.listening.rules.config import load_rules
from kikimimi.listening.sensors.anomalies import ClipScorer
from kikimimi.listening.sources.followed import FollowedSource
from kikimimi.listening.sources.microphone import MicrophoneSource
from kikimimi.listening.sources.pcm import PcmFormat
from kikimimi.listening.sources.raw import RawSource
from kikimimi.listening.sources.recorded import RecordedSource


def run_listening(
    call: ListenCall, *subscribers: Publish, stopping: "Stopping | None" = None
) -> bool:
    """Listen to the end, or until asked to stop; return whether all could be heard.

    Args:
        call: what was asked for.
        subscribers: further ones who are told of everything.
        stopping: how another thread may ask to stop; signals do so too in the main thread.

    Raises:
        KikimimiError: the call cannot be carried out.
    """
    import torch

    torch.set_num_threads(1)  # one core is plenty, and others need theirs
    stopping = stopping or Stopping()
    publish = Subscribers()
    publish.add(_printer(call, stopping, is_alone=not subscribers))
    for subscriber in subscribers:
        publish.add(subscriber)
    sources = list(_sources(call))
    rules, rules_name = load_rules(call.rules) if call.rules is not None else (None, "rules")
    settings = ListenSettings(
        rules=rules,
        rules_name=rules_name,
        detector=load_detector(call.detector) if call.hears_events else None,
        scorer=_model(call),
        scorer_name=call.model.absolute().name if call.model is not None else "anomaly",
        full_scale_db=call.full_scale_db,
        keeps_audio=call.keeps_audio,
        state=call.state.expanduser(),
        spectrum="spectrum" in call.told or bool(subscribers),
    )
    with assembled(settings, publish=publish) as listener:
        return _hear_all(listener, sources, stopping)


def _printer(call: ListenCall, stopping: "Stopping", *, is_alone: bool) -> Publish:
    """What prints; when nobody reads, a listener that tells nobody else ends."""

    def lost() -> None:
        if is_alone and call.rules is None:
            stopping.ask()

    teller = JsonTeller(call.told) if call.as_json else LineTeller(call.told, call.language)
    return WhileHeard(teller, on_lost=lost)


def _hear_all(listener: Listener, sources: list[Source], stopping: "Stopping") -> bool:
    """Whether all sources could be heard; a single one that cannot is an error."""
    all_heard = True
    for source in sources:
        if stopping.is_asked:
            break
        try:
            with stopping.of(source), source:
                listener.run(source)
        except (AudioError, ListeningError) as error:
            if len(sources) == 1:
                raise
            print_failure(source.name, str(error).removeprefix(f"{source.name}: "))
            all_heard = False
    return all_heard


def _model(call: ListenCall) -> ClipScorer | None:
    if call.model is None:
        return None
    from kikimimi.tasks.anomaly.storage import load_model

    return load_model(call.model)


def _sources(call: ListenCall) -> Iterator[Source]:
    if not call.files:
        yield MicrophoneSource(call.device, sample_rate_hz=call.rate_hz, channels=call.channels)
    for path in call.files:
        yield _source(call, path)


def _source(call: ListenCall, path: Path) -> Source:
    pcm = PcmFormat(call.rate_hz, call.channels, call.encoding)
    if str(path) == STANDARD_INPUT:
        return RawSource(sys.stdin.buffer, pcm)
    if call.follow:
        return FollowedSource(path, raw=pcm, idle_s=call.idle_s)
    return RecordedSource(path, speed=call.speed, begins_at=call.begins_at)


class Stopping:
    """Ends the source that is heard, so that everything is finished in order.

    In the main thread Ctrl-C and SIGTERM ask for it; a second one breaks off.
    """

    def __init__(self) -> None:
        self.is_asked = False
        self._source: Source | None = None

    def ask(self) -> None:
        """End soon. May be called from any thread."""
        self.is_asked = True
        if self._source is not None:
            self._source.close()

    @contextmanager
    def of(self, source: Source) -> Iterator[None]:
        """For as long as the source is heard."""
        before: dict[int, Any] = {}
        self._source = source
        if self.is_asked:  # by another thread, just now
            source.close()

        def restore() -> None:
            for number, handler in before.items():
                signal.signal(number, handler)

        def stop(number: int, frame: FrameType | None) -> None:
            self.ask()
            restore()

        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                before[number] = signal.signal(number, stop)
        try:
            yield
        finally:
            restore()
