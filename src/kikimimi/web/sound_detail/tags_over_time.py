"""Which tags are heard when.

Axes: N times, K tags.
"""

from pathlib import Path

import numpy as np

from kikimimi.audio.windows import stream_windows
from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.file_embedding import MIN_WINDOW_S, WINDOW_QUANTUM_S
from kikimimi.encoders.vocabulary import display_name
from kikimimi.types import FloatArray
from kikimimi.web.payloads.sound_detail import TagOverTimeAnswer, TagsOverTimeAnswer

_MOST_TIMES = 120
_LEAST_SCORE = 0.1
_AT_ONCE = 8


def tags_over_time(
    path: Path, encoder: Encoder, *, duration_s: float, top: int
) -> TagsOverTimeAnswer:
    """Scores of the `top` tags that are heard best in windows of a second, or longer ones in a long
    sound: at most about 120 of them.

    Tags of one name in two vocabularies are one, with the higher score.

    Raises:
        AudioError: the file cannot be decoded.
    """
    hop_s = max(MIN_WINDOW_S / 2, duration_s / _MOST_TIMES)
    span_s = min(max(MIN_WINDOW_S, hop_s), encoder.card.window_s)
    times_s, scores = _scores(path, encoder, span_s=span_s, hop_s=hop_s)
    tags = [
        TagOverTimeAnswer(
            name=name,
            label_en=display_name(name, "en"),
            label_ja=display_name(name, "ja"),
            scores=[round(float(score), 4) for score in row],
        )
        for name, row in _best(scores, encoder.card.vocabulary)[:top]
    ]
    return TagsOverTimeAnswer(times_s=times_s, span_s=span_s, tags=tags)


def _scores(
    path: Path, encoder: Encoder, *, span_s: float, hop_s: float
) -> tuple[list[float], FloatArray]:
    """Times (N) and scores (N, K)."""
    stream = stream_windows(
        path,
        sample_rate_hz=encoder.card.sample_rate_hz,
        window_s=span_s,
        hop_s=hop_s,
        min_s=MIN_WINDOW_S,
        quantum_s=WINDOW_QUANTUM_S,
    )
    times_s: list[float] = []
    scores: list[FloatArray] = []
    waiting: list[FloatArray] = []

    def hear() -> None:
        if waiting:
            scores.append(encoder.encode(np.stack(waiting)).tag_scores)
            waiting.clear()

    for window, samples in stream:
        times_s.append(round((window.start_s + window.end_s) / 2, 4))
        if waiting and (len(waiting) == _AT_ONCE or len(waiting[0]) != len(samples)):
            hear()
        waiting.append(samples)
    hear()
    return times_s, np.concatenate(scores)


def _best(scores: FloatArray, vocabulary: tuple[str, ...]) -> list[tuple[str, FloatArray]]:
    """Names and scores (N,) of the tags that are heard at all, the best first."""
    if not vocabulary:
        return []
    highest = scores.max(axis=0)
    found: dict[str, tuple[str, FloatArray]] = {}
    for index in np.argsort(-highest, kind="stable"):
        if highest[index] < _LEAST_SCORE:
            break
        word = display_name(vocabulary[index])
        name, row = found.get(word, (vocabulary[index], scores[:, index]))
        found[word] = (name, np.maximum(row, scores[:, index]))
    return list(found.values())
