"""Pictures of where in time and frequency a recording differs from what is normal."""

from pathlib import Path

import numpy as np

from kikimimi.pictures.anomaly_map import DrawnClips, DrawnMap, draw_anomaly_map
from kikimimi.tasks.anomaly.clips import sound_clips
from kikimimi.tasks.anomaly.model import FileScores, FittedModel


def draw_places(picture: Path, scores: FileScores, model: FittedModel, *, title: str) -> None:
    """Draw the clip of a recording that has the highest score; its folder is made.

    Raises:
        AudioError: the file cannot be read.
        AnomalyError: it is silent.
        OSError: the picture cannot be written.
    """
    worst = scores.windows[int(np.argmax(scores.clips.scores))]
    clips = sound_clips(scores.path, sample_rate_hz=model.sample_rate_hz, clip_s=model.cut_s)
    clip = next(clip for clip in clips if clip.window == worst)
    where = model.where(clip.samples)
    picture.parent.mkdir(parents=True, exist_ok=True)
    draw_anomaly_map(
        picture,
        DrawnMap(where.deviations, where.frequencies_hz, clip.window.start_s, clip.window.end_s),
        clips=DrawnClips(
            [window.start_s for window in scores.windows],
            [window.end_s for window in scores.windows],
            scores.clips.scores.tolist(),
            scores.threshold,
        ),
        title=title,
        note=_note(scores),
    )


def _note(scores: FileScores) -> str:
    verdict = "anomalous" if scores.anomalous else "normal"
    return f"score {scores.score:.3g}, threshold {scores.threshold:.3g}: {verdict}"
