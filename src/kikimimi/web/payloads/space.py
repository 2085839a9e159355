"""Axes, neighbours and layouts of the timbre space."""

from typing import Literal

from kikimimi.web.payloads.base import Answer, Request


class AxisAnswer(Answer):
    """An axis that a space may have; one that is not available says why in its description."""

    key: str
    kind: Literal["pca", "ica", "umap", "measure", "tag"]
    label_en: str
    label_ja: str
    description_en: str
    description_ja: str
    unit: str
    scale: Literal["linear", "log"]
    available: bool


class NearAnswer(Answer):
    """A sound and its distance from another."""

    id: int
    distance: float


class LayoutRequest(Request):
    """Which layout to fit, anew if there is one."""

    kind: Literal["pca", "ica", "umap"]


class LayoutAnswer(Answer):
    """The job that fits it."""

    job: int
