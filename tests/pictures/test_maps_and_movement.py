"""Maps of sounds and pictures of movement."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from kikimimi.pictures.embedding_map import draw_map
from kikimimi.pictures.interactive_map import write_interactive_map
from kikimimi.pictures.map_data import MapLabel, SoundMap, mark_of
from kikimimi.pictures.movement import draw_movement

NASTY = "</script><script>alert(1)</script>&\u2028.wav"


def sound_map(count: int = 12, labels: int = 3) -> SoundMap:
    points = np.random.default_rng(0).standard_normal((count, 3)).astype(np.float32)
    names = ["犬", "雨", "風", "鳥"]
    return SoundMap(
        title="test <b>",
        axes=("PC 1", "PC 2", "PC 3"),
        points=points,
        names=(NASTY, *(f"{n}.wav" for n in range(1, count))),
        addresses=("", *(f"sounds/{n}%20x.wav" for n in range(1, count))),
        labels=tuple(MapLabel(f"label {n}", names[n % 4]) for n in range(labels)),
        label_of=tuple(n % (labels + 1) - 1 for n in range(count)),
    )


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.data = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][1].get("id") == "data":
            self.data += data


def test_the_page_holds_everything_and_asks_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    write_interactive_map(path, sound_map(), language="ja")
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert [tag for tag, _ in page.tags].count("script") == 2
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|url\(", text)
    assert not any("src" in attributes or tag == "link" for tag, attributes in page.tags)
    assert ("html", {"lang": "ja"}) in page.tags
    assert any(a.get("aria-live") == "polite" for _, a in page.tags)
    record = json.loads(page.data)
    assert record["names"][0] == NASTY
    assert record["labels"][0]["ja"] == "犬"
    assert len(record["points"]) == 12
    assert np.abs(record["points"]).max() == 1


def test_an_interactive_map_of_thousands_is_written(tmp_path: Path) -> None:
    write_interactive_map(tmp_path / "map.html", sound_map(5000))
    assert (tmp_path / "map.html").stat().st_size < 1_000_000


def test_a_still_map_names_its_labels(tmp_path: Path) -> None:
    draw_map(tmp_path / "map.svg", sound_map())
    drawn = "".join(ElementTree.parse(tmp_path / "map.svg").getroot().itertext())
    assert all(f"label {n}" in drawn for n in range(3))
    assert "test <b>" in drawn
    draw_map(tmp_path / "map.png", sound_map(labels=0), language="ja")
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ValueError, match=r"\.png or \.svg"):
        draw_map(tmp_path / "map.jpg", sound_map())


def test_56_labels_are_told_apart_by_colour_and_shape() -> None:
    marks = [mark_of(label) for label in range(56)]
    assert len(set(marks)) == 56
    assert mark_of(-1) == mark_of(56)
    assert mark_of(-1) not in marks


def test_parts_that_do_not_agree_are_refused() -> None:
    with pytest.raises(ValueError, match="2 names"):
        SoundMap("", ("a", "b"), np.zeros((2, 2), np.float32), ("x", "y"), ("",), (), (-1, -1))


def test_movement_is_drawn(tmp_path: Path) -> None:
    moved = np.random.default_rng(0).random((4, 40))
    names = ["length x0.8", "length x1.2", "-6 dB", "+6 dB"]
    draw_movement(tmp_path / "m.svg", moved, names=names, whole=[0.5] * 4, title="kikimimi")
    drawn = "".join(ElementTree.parse(tmp_path / "m.svg").getroot().itertext())
    assert all(name in drawn for name in names)
    with pytest.raises(ValueError, match="names"):
        draw_movement(tmp_path / "m.svg", moved, names=names[:3], whole=[0.5] * 4)
