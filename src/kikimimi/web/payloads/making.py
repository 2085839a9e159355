"""Sounds that a generator makes."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from kikimimi.encoders.vocabulary import display_name
from kikimimi.generation.contract import LONGEST_S, SHORTEST_S, Generator
from kikimimi.web.making.store import MadeFile
from kikimimi.web.payloads.base import MOST_ID, Answer, Id, Request
from kikimimi.web.payloads.jobs import JobAnswer

MOST_AT_ONCE = 16

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1, le=MOST_AT_ONCE)]
Seed = Annotated[int, Field(ge=0, le=MOST_ID - MOST_AT_ONCE)]


class SourceRequest(Request):
    """A sound of the library, or one that was sent."""

    sound: Id | None = None
    upload: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{22}$")] | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "SourceRequest":
        if (self.sound is None) == (self.upload is None):
            raise ValueError("give either a sound or an upload")
        return self


class VaryRequest(Request):
    """Sounds like one sound; the n-th has the seed `seed` + n."""

    method: Literal["vary"]
    source: SourceRequest
    amount: Share = 0.2
    count: Count = 4
    seed: Seed = 0
    loop: bool = False


class BlendRequest(Request):
    """Sounds between two: a share of 0 is the first, 1 the second."""

    method: Literal["blend"]
    first: SourceRequest
    second: SourceRequest
    shares: Annotated[tuple[Share, ...], Field(min_length=1, max_length=MOST_AT_ONCE)] = (0.5,)
    seed: Seed = 0
    loop: bool = False


class SampleRequest(Request):
    """New sounds, of a class, after English words, or of any kind."""

    method: Literal["sample"]
    label: Annotated[str, Field(max_length=200)] | None = None
    text: Annotated[str, Field(max_length=500)] | None = None
    seconds: Annotated[float, Field(ge=SHORTEST_S, le=LONGEST_S)] = 5.0
    count: Count = 4
    seed: Seed = 0
    loop: bool = False


class ReconstructRequest(Request):
    """A sound as the generator keeps it."""

    method: Literal["reconstruct"]
    source: SourceRequest
    seed: Seed = 0
    loop: bool = False


MakeRequest = Annotated[
    VaryRequest | BlendRequest | SampleRequest | ReconstructRequest, Field(discriminator="method")
]


class ClassAnswer(Answer):
    """A kind of sound that a generator knows."""

    name: str
    label_en: str
    label_ja: str


class GeneratorAnswer(Answer):
    """What the server makes sounds with; `message` says why it cannot, where it cannot."""

    available: bool
    message: str = ""
    name: str = ""
    title: str = ""
    licence: str = ""
    classes: tuple[ClassAnswer, ...] = ()
    samples: bool = False
    knows_text: bool = False


class MadeAnswer(Answer):
    """A sound that was made; `/media/made/{made}` plays it."""

    made: str
    name: str
    duration_s: float
    overview: str
    parameters: dict[str, Any]


class KeptAnswer(Answer):
    """Where a sound is kept, and the job that takes it into the library; null if that is busy."""

    path: str
    job: JobAnswer | None


def generator_answer(generator: Generator) -> GeneratorAnswer:
    """The answer for a generator."""
    card = generator.card
    return GeneratorAnswer(
        available=True,
        name=card.name,
        title=card.title,
        licence=card.licence,
        classes=tuple(_class(name) for name in card.classes),
        samples=card.samples,
        knows_text=card.knows_text,
    )


def made_answer(file: MadeFile) -> MadeAnswer:
    """The answer for a sound that was made."""
    return MadeAnswer(
        made=file.key,
        name=file.name,
        duration_s=file.duration_s,
        overview=file.overview,
        parameters=dict(file.parameters),
    )


def _class(name: str) -> ClassAnswer:
    tag = f"esc50/{name}"
    english, japanese = display_name(tag, "en"), display_name(tag, "ja")
    plain = name.replace("_", " ")
    return ClassAnswer(
        name=name,
        label_en=plain if english == tag else english,
        label_ja=plain if japanese == tag else japanese,
    )
