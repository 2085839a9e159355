"""What a change was, for people: a kind and its parameters, which a program puts into words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | int


@dataclass(frozen=True, slots=True)
class Label:
    """A kind such as "tag_added" and what belongs to it, `{"tag": "rain", "count": 3}`."""

    kind: str
    params: Mapping[str, Value] = field(default_factory=dict)
