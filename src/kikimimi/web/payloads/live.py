"""What a listener heard."""

from base64 import b64encode
from dataclasses import asdict
from typing import Any, Literal

from kikimimi.encoders.detection.labels import event_name
from kikimimi.web.live.history import News, State
from kikimimi.web.payloads.base import Answer

Kind = Literal["event", "anomaly", "level"]


class NowAnswer(Answer):
    """How it stands; `quiet_s` is how long no sound came, `time` the wall's clock at `at_s`."""

    state: State
    since: str
    message: str
    quiet_s: float
    at_s: float
    time: str
    heard_s: float | None


class StartedAnswer(Answer):
    """The sound that is heard; rows of the spectrogram come each `row_s`."""

    source: str
    sample_rate_hz: int
    channels: int
    time: str
    bands_hz: list[float]
    row_s: float


class RowsAnswer(Answer):
    """Rows of the spectrogram: where each ends, and their levels, a byte each, as base64."""

    end_s: list[float]
    levels: str


class LevelAnswer(Answer):
    """Levels of a second that ends at `at_s`, in dB."""

    at_s: float
    LAF: float
    LAFmax: float
    LAeq: float


class HappeningAnswer(Answer):
    """Something that is or was heard."""

    sound: int
    kind: Kind
    label: str
    label_en: str
    label_ja: str
    time: str
    onset_s: float
    duration_s: float
    score: float
    level_db: float | None
    is_over: bool


class AlertAnswer(Answer):
    """What somebody was told."""

    id: str
    sound: int
    rule: str
    description: str
    kind: Kind
    label: str
    label_en: str
    label_ja: str
    time: str
    onset_s: float
    duration_s: float
    score: float
    level_db: float | None
    count: int
    held_off: int


class FaultAnswer(Answer):
    """Something that went wrong, or works again."""

    time: str
    part: str
    message: str
    is_over: bool


class QueueAnswer(Answer):
    """How many alerts wait for an action."""

    action: str
    waiting: int
    is_failing: bool


class LiveAnswer(Answer):
    """What a page did not know yet, see `web.live.history.News`."""

    run: str
    next: int
    sound: int
    keeps_audio: bool
    full_scale_db: float
    now: NowAnswer
    started: StartedAnswer | None
    rows: RowsAnswer
    levels: list[LevelAnswer]
    happenings: list[HappeningAnswer]
    alerts: list[AlertAnswer]
    faults: list[FaultAnswer]
    queues: list[QueueAnswer]


def live_answer(news: News) -> LiveAnswer:
    """The answer for what is new."""
    return LiveAnswer(
        run=news.run,
        next=news.next,
        sound=news.sound,
        keeps_audio=news.keeps_audio,
        full_scale_db=news.full_scale_db,
        now=NowAnswer.model_validate(asdict(news.now)),
        started=None if news.started is None else StartedAnswer.model_validate(news.started),
        rows=RowsAnswer(
            end_s=[row.end_s for row in news.rows],
            levels=b64encode(b"".join(row.levels for row in news.rows)).decode("ascii"),
        ),
        levels=[LevelAnswer.model_validate(each) for each in news.levels],
        happenings=[_happening(each) for each in news.happenings],
        alerts=[
            AlertAnswer.model_validate(each | _names(each["kind"], each["label"]))
            for each in news.alerts
        ],
        faults=[FaultAnswer.model_validate(each) for each in news.faults],
        queues=[QueueAnswer.model_validate(each) for each in news.queues],
    )


def _happening(told: dict[str, Any]) -> HappeningAnswer:
    kind = told["sound_kind"]
    return HappeningAnswer.model_validate(told | {"kind": kind} | _names(kind, told["label"]))


def _names(kind: str, label: str) -> dict[str, str]:
    """Names to show; an anomaly is called like its model, which somebody named."""
    if kind != "event":
        return {"label_en": label, "label_ja": label}
    return {"label_en": event_name(label, "en"), "label_ja": event_name(label, "ja")}
