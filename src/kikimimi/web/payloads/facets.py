"""Counts within a list, and suggestions."""

from pydantic import Field

from kikimimi.web.payloads.base import Answer


class TagCountAnswer(Answer):
    """How many sounds have a tag."""

    name: str
    label_en: str
    label_ja: str
    count: int


class FolderCountAnswer(Answer):
    """How many sounds lie directly in a folder."""

    path: str
    count: int


class TextCountAnswer(Answer):
    """How many sounds have a value."""

    value: str
    count: int


class NumberCountAnswer(Answer):
    """How many sounds have a value."""

    value: int
    count: int


class BinAnswer(Answer):
    """How many sounds lie between two values."""

    low: float = Field(serialization_alias="from")
    high: float = Field(serialization_alias="to")
    count: int


class FacetsAnswer(Answer):
    """What the sounds of a list have in common."""

    tags: list[TagCountAnswer]
    folders: list[FolderCountAnswer]
    formats: list[TextCountAnswer]
    sample_rates_hz: list[NumberCountAnswer]
    channels: list[NumberCountAnswer]
    duration: list[BinAnswer]
    loudness: list[BinAnswer]


class SuggestAnswer(Answer):
    """What a line of the search box may go on with."""

    tags: list[TagCountAnswer]
    folders: list[FolderCountAnswer]
    recent: list[str]
