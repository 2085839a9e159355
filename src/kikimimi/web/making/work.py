"""Making sounds as a job."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kikimimi.generation.contract import Condition, Progress
from kikimimi.generation.making.files import plain_stem
from kikimimi.generation.making.maker import HeardSound, MadeSound, SoundMaker
from kikimimi.generation.making.sources import read_source
from kikimimi.web.jobs import Job, Work
from kikimimi.web.making.store import MadeStore
from kikimimi.web.making.studio import Studio

_PARTS = 100
"""Steps of progress for each sound."""


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A sound to make others of, and what people call it."""

    path: Path
    name: str


Recipe = Callable[[SoundMaker], Iterator[tuple[str, Callable[[Progress], MadeSound]]]]
"""Given a maker, the names of sounds and how each is made."""


def making_work(studio: Studio, store: MadeStore, recipe: Recipe, *, count: int) -> Work:
    """The work of a job that makes `count` sounds; its report lists their keys as `made`."""

    def work(job: Job) -> dict[str, Any]:
        from kikimimi.generation.making.threads import threads

        job.progress(0, count * _PARTS, None)
        maker = studio.maker()
        keys: list[str] = []
        with threads():
            for name, make in recipe(maker):
                begun = len(keys) * _PARTS

                def told(step: int, steps: int, begun: int = begun) -> None:
                    done = begun + _PARTS * step // max(1, steps)
                    job.progress(min(done, begun + _PARTS - 1), count * _PARTS, None)

                keys.append(store.add(make(told), name).key)
                job.progress(len(keys) * _PARTS, count * _PARTS, None)
        return {"made": keys}

    return work


def varied(source: NamedFile, *, amount: float, count: int, seed: int, loop: bool) -> Recipe:
    """Sounds like one sound."""

    def recipe(maker: SoundMaker) -> Iterator[tuple[str, Callable[[Progress], MadeSound]]]:
        heard = _hear(maker, source)
        for number in range(seed, seed + count):

            def make(progress: Progress, number: int = number) -> MadeSound:
                return maker.vary(heard, amount=amount, seed=number, loop=loop, progress=progress)

            yield f"{_stem(source)}_vary_{number}", make

    return recipe


def blended(
    first: NamedFile, second: NamedFile, *, shares: tuple[float, ...], seed: int, loop: bool
) -> Recipe:
    """Sounds between two sounds."""

    def recipe(maker: SoundMaker) -> Iterator[tuple[str, Callable[[Progress], MadeSound]]]:
        one, two = _hear(maker, first), _hear(maker, second)
        for share in shares:

            def make(_: Progress, share: float = share) -> MadeSound:
                return maker.blend(one, two, share=share, seed=seed, loop=loop)

            yield f"{_stem(first)}_{_stem(second)}_blend_{round(100 * share)}", make

    return recipe


def sampled(condition: Condition, *, seconds: float, count: int, seed: int, loop: bool) -> Recipe:
    """New sounds."""

    def recipe(maker: SoundMaker) -> Iterator[tuple[str, Callable[[Progress], MadeSound]]]:
        stem = plain_stem(condition.label or "sample")
        for number in range(seed, seed + count):

            def make(progress: Progress, number: int = number) -> MadeSound:
                return maker.sample(
                    condition, seconds=seconds, seed=number, loop=loop, progress=progress
                )

            yield f"{stem}_{number}", make

    return recipe


def reconstructed(source: NamedFile, *, seed: int, loop: bool) -> Recipe:
    """A sound as the generator keeps it."""

    def recipe(maker: SoundMaker) -> Iterator[tuple[str, Callable[[Progress], MadeSound]]]:
        heard = _hear(maker, source)

        def make(_: Progress) -> MadeSound:
            return maker.reconstruct(heard, seed=seed, loop=loop)

        yield f"{_stem(source)}_reconstructed", make

    return recipe


def _hear(maker: SoundMaker, source: NamedFile) -> HeardSound:
    return maker.hear(read_source(source.path, name=source.name))


def _stem(source: NamedFile) -> str:
    return plain_stem(Path(source.name).stem)
