"""One call of `kikimimi generate`: opens the generator, makes sounds and writes them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from kikimimi.cli.generating.calls import GenerateCall
from kikimimi.cli.options import check_output
from kikimimi.cli.output import print_failure, print_message
from kikimimi.cli.progress import Step, file_progress
from kikimimi.cli.recording_names import named_recordings
from kikimimi.errors import AudioError, QueryError
from kikimimi.generation.contract import Progress
from kikimimi.generation.making.files import write_made
from kikimimi.generation.making.maker import HeardSound, MadeSound, SoundMaker
from kikimimi.generation.making.sources import SourceSound, read_source
from kikimimi.generation.registry import create_generator, create_vocoder, vocoder_of
from kikimimi.paths import display_path

if TYPE_CHECKING:
    from kikimimi.generation.quality.pairs import PairFigures

Make = Callable[[Progress], MadeSound]
"""Makes one sound, telling of its steps."""


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """One sound to make: where it goes, how, and the sound that it is compared with."""

    target: Path
    make: Make
    original: SourceSound | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A sound that was made and written; `figures` tell how far it is from its original."""

    path: Path
    made: MadeSound
    figures: "PairFigures | None"
    original: SourceSound | None


@dataclass(slots=True)
class Session:
    """What a call has opened, and what failed."""

    call: GenerateCall
    maker: SoundMaker
    failed: bool = False
    _sources: dict[Path, SourceSound] = field(default_factory=dict)

    def hear(self, path: Path, name: str | None = None) -> HeardSound | None:
        """Read and encode a sound; None after naming one that cannot be used."""
        try:
            source = read_source(path, name=name)
        except AudioError as error:
            print_failure(path, str(error).removeprefix(f"{display_path(path)}: "))
            self.failed = True
            return None
        for note in source.notes:
            print_message(f"{source.name}: {note}")
        self._sources[path] = source
        return self.maker.hear(source)

    def hear_all(self, places: Sequence[Path]) -> Iterator[tuple[str, HeardSound]]:
        """The sounds of files and folders that can be used, with their names.

        Raises:
            QueryError: there are no sound files, or two have one name.
        """
        names = named_recordings(places)
        if not names:
            raise QueryError("there are no sound files in what was given; give others")
        for path, name in names.items():
            heard = self.hear(path, PurePosixPath(name).name)
            if heard is not None:
                yield name, heard

    def path_of(self, source: SourceSound | None) -> Path | None:
        """The file that a sound was read from."""
        return next((path for path, each in self._sources.items() if each is source), None)

    def target(self, stem: str) -> Path:
        """Where a sound goes."""
        return self.call.output / f"{stem}.wav"

    def write_all(self, orders: Sequence[Order]) -> list[Written]:
        """Make and write sounds one after the other; one that fails is named and left out.

        Raises:
            QueryError: a file is there already, or would be written over a sound that was given.
        """
        self._check([order.target for order in orders])
        written = []
        with file_progress("Making") as progress:
            seconds = 0.0
            for number, order in enumerate(orders):
                progress(number, len(orders), order.target, seconds)
                made = order.make(_within(progress, number, len(orders), order.target, seconds))
                seconds += made.duration_s
                try:
                    _make_folder(order.target.parent)
                    write_made(order.target, made, replace=self.call.overwrite)
                except AudioError as error:
                    where = f"{display_path(order.target)}: "
                    print_failure(order.target, str(error).removeprefix(where))
                    self.failed = True
                    continue
                written.append(
                    Written(order.target, made, self._figures(order, made), order.original)
                )
                progress(number + 1, len(orders), order.target, seconds)
        return written

    def _figures(self, order: Order, made: MadeSound) -> "PairFigures | None":
        if order.original is None or not self.call.figures:
            return None
        # it brings scipy.signal, which takes a second that the first sound should not wait for
        from kikimimi.generation.quality.pairs import pair_figures

        return pair_figures(order.original.samples, made.samples)

    def _check(self, targets: Sequence[Path]) -> None:
        for target in targets:
            if not target.exists():
                continue
            for source in self._sources:
                if target.samefile(source):
                    raise QueryError(
                        f"{display_path(target)}: is a sound that was given, and those are never "
                        "written over; choose another folder with -o"
                    )
            if not self.call.overwrite:
                raise QueryError(
                    f"{display_path(target)}: exists already; give --overwrite, another --seed or "
                    "another folder"
                )


@contextmanager
def open_session(call: GenerateCall) -> Iterator[Session]:
    """Load generator and vocoder, and compute with so many threads as the call says.

    Raises:
        GenerationError: there is no such generator or vocoder, or its weights are damaged.
        QueryError: the picture cannot have such a name.
    """
    from kikimimi.generation.making.threads import threads

    if call.picture is not None:
        check_output(call.picture, suffixes=(".png", ".svg"))
    with threads(call.threads):
        generator = create_generator(call.generator).load()
        if call.vocoder is not None:
            vocoder = create_vocoder(call.vocoder)
        else:
            vocoder = vocoder_of(generator)
            if vocoder.name.startswith("griffin_lim"):
                print_message(
                    f"generator '{generator.card.name}' has no trained vocoder beside it, so "
                    f"{vocoder.name} gives the phases; a trained one (--vocoder) is less noisy"
                )
        yield Session(call, SoundMaker(generator, vocoder))


def _within(progress: Step, number: int, total: int, path: Path, seconds: float) -> Progress:
    def told(step: int, steps: int) -> None:
        progress(number + 0.95 * step / max(1, steps), total, path, seconds)

    return told


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise QueryError(
            f"cannot make the folder {display_path(folder)}: {error.strerror}; choose another place"
        ) from None
