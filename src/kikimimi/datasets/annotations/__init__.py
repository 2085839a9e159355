"""Annotations of sound events: what sounded from when to when, in the formats of the field.

>>> from kikimimi.datasets.annotations import annotation_formats
>>> annotation_formats()
('dcase', 'tut', 'jams', 'audacity', 'raven', 'csv', 'jsonl')
"""

from kikimimi.datasets.annotations.contract import EventsByFile, WritingOptions
from kikimimi.datasets.annotations.registry import (
    annotation_extension,
    annotation_formats,
    annotation_text,
    read_annotations,
    write_annotations,
)
from kikimimi.datasets.annotations.weak import read_weak_labels

__all__ = [
    "EventsByFile",
    "WritingOptions",
    "annotation_extension",
    "annotation_formats",
    "annotation_text",
    "read_annotations",
    "read_weak_labels",
    "write_annotations",
]
