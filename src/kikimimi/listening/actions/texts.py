"""An alert in words."""

import re
from collections.abc import Mapping
from typing import Any

from kikimimi.encoders.detection.labels import event_name
from kikimimi.encoders.vocabulary import Language

_KEY = re.compile(r"\{(\w+)\}")


def alert_line(alert: Mapping[str, Any], language: Language = "en") -> str:
    """One line for people: when, which rule, what, how long, how loud."""
    label = event_name(str(alert["label"]), language)
    facts = [f"{alert['duration_s']:.1f} s", f"score {alert['score']:.2f}"]
    if alert.get("level_db") is not None:
        facts.append(f"LAFmax {alert['level_db']:.1f} dB")
    if alert.get("held_off"):
        facts.append(f"{alert['held_off']} held off before")
    return f"{alert['time']}  {alert['rule']}: {label} ({', '.join(facts)})"


def filled(text: str, alert: Mapping[str, Any]) -> str:
    """A text in which `{label}` and other keys of an alert stand for their values.

    Braces around anything else stay as they are.
    """

    def value(found: re.Match[str]) -> str:
        key = found.group(1)
        known = alert.get(key, "")
        return found.group() if key not in alert else "" if known is None else str(known)

    return _KEY.sub(value, text)
