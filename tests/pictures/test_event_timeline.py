"""Timelines: the spectrum of a recording and its events."""

from pathlib import Path

import numpy as np
import pytest

from kikimimi.pictures.event_timeline import TimelineSpectrum, draw_event_timeline
from kikimimi.types import Event

LEVELS = np.random.default_rng(0).integers(0, 255, (16, 40), dtype=np.uint8)
SPECTRUM = TimelineSpectrum(LEVELS, 0.0, 8000.0)


def drawn(path: Path, events: list[Event], *, duration_s: float = 12.0) -> str:
    draw_event_timeline(path, SPECTRUM, events, duration_s=duration_s, title="garden.wav")
    return path.read_text(encoding="utf-8", errors="replace")


def test_labels_stand_in_the_order_of_their_first_events(tmp_path: Path) -> None:
    events = [Event(5, 6, "rain", 0.9), Event(1, 2, "dog", 0.5), Event(7, 8, "dog", 1.0)]
    text = drawn(tmp_path / "t.svg", events)
    assert text.index("garden.wav") >= 0
    assert text.index(">dog<") < text.index(">rain<")
    assert ">1 kHz<" in text


def test_of_many_classes_the_longest_are_drawn_and_the_others_counted(tmp_path: Path) -> None:
    events = [Event(0, 0.1 * number, f"class {number}.") for number in range(1, 31)]
    text = drawn(tmp_path / "t.svg", events)
    assert ">class 30.<" in text and ">class 6.<" not in text
    assert "6 more classes are not drawn" in text


@pytest.mark.parametrize(
    ("duration_s", "told"),
    [(0.5, ">0.4<"), (12, ">10<"), (600, ">5:00<"), (54000, ">10:00:00<")],
)
def test_times_are_written_for_people(tmp_path: Path, duration_s: float, told: str) -> None:
    assert told in drawn(tmp_path / "t.svg", [], duration_s=duration_s)


def test_the_same_drawing_gives_the_same_bytes(tmp_path: Path) -> None:
    events = [Event(1, 2, "dog", 0.5)]
    for name in ("a.png", "b.png"):
        drawn(tmp_path / name, events)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_impossible_drawings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="duration"):
        drawn(tmp_path / "t.svg", [], duration_s=0)
    with pytest.raises(ValueError, match="written to"):
        drawn(tmp_path / "t.gif", [])
