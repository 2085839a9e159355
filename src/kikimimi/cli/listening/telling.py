"""What `kikimimi listen` prints of what it hears."""

import sys
from collections.abc import Callable
from typing import Any

from kikimimi.cli.output import json_text
from kikimimi.encoders.detection.labels import event_name
from kikimimi.encoders.vocabulary import Language
from kikimimi.errors import QueryError
from kikimimi.listening.actions.texts import alert_line
from kikimimi.listening.contract import Publish
from kikimimi.names import suggestion

KINDS = (
    *("started", "level", "happening", "alert", "fault", "ended"),
    *("spectrum", "source", "queue"),
)


def parse_kinds(text: str) -> frozenset[str]:
    """Kinds of messages with commas between.

    Raises:
        QueryError: there is no such kind.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in KINDS:
            raise QueryError(f"--tell: there is no '{name}'; {suggestion(name, KINDS)}")
    return frozenset(names)


class JsonTeller:
    """Prints messages as lines of JSON."""

    def __init__(self, kinds: frozenset[str]) -> None:
        self._kinds = kinds

    def __call__(self, kind: str, data: dict[str, Any]) -> None:
        """Print one; its kind stands as `type`, because alerts have a `kind` of their own."""
        if kind in self._kinds:
            _print(json_text({"type": kind, **data}), error=False)


class LineTeller:
    """Prints messages for people: alerts and what is heard on standard output, the rest beside."""

    def __init__(self, kinds: frozenset[str], language: Language) -> None:
        self._kinds = kinds
        self._language = language
        self._texts = {
            "alert": lambda data: f"! {alert_line(data, language)}",
            "happening": self._happening,
            "level": self._level,
            "fault": lambda data: f"kikimimi: {data['part']}: {data['message']}",
            "started": self._started,
            "ended": self._ended,
        }

    def __call__(self, kind: str, data: dict[str, Any]) -> None:
        """Print one, if there is something to say."""
        text = self._texts[kind](data) if kind in self._kinds and kind in self._texts else ""
        if text:
            _print(text, error=kind not in ("alert", "happening", "level"))

    def _happening(self, data: dict[str, Any]) -> str:
        if not data["is_over"]:
            return ""
        name = event_name(data["label"], self._language)
        return f"  {data['time']}  {name}  {data['duration_s']:.1f} s  {data['score']:.2f}"

    def _level(self, data: dict[str, Any]) -> str:
        return f"  {data['time']}  LAeq {data['LAeq']:.1f} dB  LAFmax {data['LAFmax']:.1f} dB"

    def _started(self, data: dict[str, Any]) -> str:
        return f"listening to {data['source']}, {data['sample_rate_hz']} Hz"

    def _ended(self, data: dict[str, Any]) -> str:
        waiting = f", {data['undelivered']} still to deliver" if data["undelivered"] else ""
        return f"heard {data['heard_s']:.1f} s, {data['alerts']} alerts{waiting}"


def _print(text: str, *, error: bool) -> None:
    stream = sys.stderr if error else sys.stdout
    stream.write(f"{text}\n")
    stream.flush()


class WhileHeard:
    """Prints until nobody reads any more: a closed pipe must not end a listener that has rules.

    Args:
        publish: what prints.
        on_lost: called once, when nobody reads.
    """

    def __init__(self, publish: Publish, *, on_lost: Callable[[], None]) -> None:
        self._publish = publish
        self._on_lost = on_lost
        self._is_lost = False

    def __call__(self, kind: str, data: dict[str, Any]) -> None:
        """Print one, if somebody reads."""
        if self._is_lost:
            return
        try:
            self._publish(kind, data)
        except (OSError, ValueError):  # a closed pipe, a closed file
            self._is_lost = True
            self._on_lost()
