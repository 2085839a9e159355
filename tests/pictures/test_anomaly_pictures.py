"""Pictures of anomalies tell what was given to them."""

from pathlib import Path

import numpy as np
import pytest

from kikimimi.pictures.anomaly_map import DrawnClips, DrawnMap, draw_anomaly_map
from kikimimi.pictures.score_strips import ScoreStrip, draw_score_strips


def test_a_map_has_its_times_frequencies_and_clips(tmp_path: Path) -> None:
    deviations = np.zeros((64, 20), np.float32)
    found = DrawnMap(deviations, np.geomspace(50, 7000, 64), 10.0, 20.0)
    clips = DrawnClips([0.0, 10.0], [10.0, 20.0], [0.1, 0.3], 0.2)
    draw_anomaly_map(tmp_path / "a.svg", found, clips=clips, title="<leak>", note="score 0.3")
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    for told in ("&lt;leak&gt;", "score 0.3", "100 Hz", "1 kHz", "dashed: threshold"):
        assert told in text
    draw_anomaly_map(tmp_path / "b.svg", found)
    assert "dashed" not in (tmp_path / "b.svg").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="64 frequencies"):
        draw_anomaly_map(tmp_path / "c.svg", DrawnMap(deviations.T, found.frequencies_hz, 0, 1))


def test_strips_have_a_dot_for_each_clip(tmp_path: Path) -> None:
    strips = [
        ScoreStrip("section 00", np.array([0.1, 0.2, 0.5]), ["normal", "normal", "anomaly"]),
        ScoreStrip("section 01", np.array([0.4]), ["anomaly"]),
    ]
    path = tmp_path / "a.svg"
    draw_score_strips(path, strips, kinds=["normal", "anomaly"], threshold=0.3, title="fan")
    text = path.read_text(encoding="utf-8")
    for told in ("section 00", "section 01", "normal", "anomaly", "threshold", "fan"):
        assert told in text
    with pytest.raises(ValueError, match="0 strips"):
        draw_score_strips(path, [], kinds=["normal"], threshold=0.3)
