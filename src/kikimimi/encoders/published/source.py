"""Where published weights come from, and the card of an encoder that has such weights."""

from dataclasses import dataclass

from kikimimi.encoders.contract import EncoderCard


@dataclass(frozen=True, slots=True)
class WeightsSource:
    """One file of published weights.

    A digest that the publisher gives (or that is known beyond doubt) is checked after fetching and
    at each loading; where there is none, the SHA-256 of the first fetch is recorded beside the file
    and checked from then on.

    Attributes:
        url: its public address.
        file_name: the name that it has in the folder of the encoder's weights.
        size_bytes: its length, if known.
        sha256: in hexadecimal digits, if known.
        md5: the same, where the publisher gives no better; it shows damage, not forgery.
        layout: whose names of tensors the file has, for people.
    """

    url: str
    file_name: str
    size_bytes: int | None = None
    sha256: str | None = None
    md5: str | None = None
    layout: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCard(EncoderCard):
    """The card of an encoder whose weights are published elsewhere."""

    source: WeightsSource
