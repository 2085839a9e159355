"""What the page of one sound asks for."""

from kikimimi.web.payloads.base import Answer
from kikimimi.web.payloads.results import RowAnswer


class TagOverTimeAnswer(Answer):
    """The scores of one tag at the times of the answer."""

    name: str
    label_en: str
    label_ja: str
    scores: list[float]


class TagsOverTimeAnswer(Answer):
    """Tags over time; `times_s` are the centres of what was heard at once, `span_s` long."""

    times_s: list[float]
    span_s: float
    tags: list[TagOverTimeAnswer]


class NearestAnswer(Answer):
    """The nearest sounds, nearest first."""

    rows: list[RowAnswer]
