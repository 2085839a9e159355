"""Options that the evaluations of encoders share, and what they stand for."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kikimimi.cli.options import check_output
from kikimimi.cli.output import json_text
from kikimimi.cli.progress import file_progress
from kikimimi.encoders.registry import DEFAULT_ENCODER
from kikimimi.errors import QueryError
from kikimimi.files import draft_of
from kikimimi.paths import display_path
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from kikimimi.tasks.probing.data import ProbeData
    from kikimimi.tasks.probing.encoders import EncoderChoice

EncoderOption = Annotated[
    str,
    typer.Option(
        "--encoder",
        help="Name or folder of the encoder; {fold} in it stands for the number of the test fold.",
    ),
]
DataOption = Annotated[Path, typer.Option("--data", help="Folder of the data set.")]
DatasetOption = Annotated[
    str | None,
    typer.Option(
        "--dataset", help="Which data set it is, such as esc50.", show_default="by its layout"
    ),
]
LayersOption = Annotated[
    str | None, typer.Option("--layers", help="Layers to fuse instead of the output: a,b.")
]
FuseOption = Annotated[str, typer.Option("--fuse", help="How layers are fused: concat or mean.")]
FoldsOption = Annotated[
    str | None, typer.Option("--folds", help="Test these folds only: 1,2.", show_default="all")
]
UnitOption = Annotated[
    float | None,
    typer.Option("--unit-s", min=0.01, help="Seconds of each clip.", show_default="as published"),
]
CacheOption = Annotated[
    Path | None,
    typer.Option("--cache", help="Folder for embeddings.", show_default="~/.cache/kikimimi"),
]
OutOption = Annotated[
    Path | None, typer.Option("--out", "-o", help="Also write all results to a .json file.")
]
DEFAULT = DEFAULT_ENCODER


def encoder_choice(name: str, layers: str | None, fuse: str) -> "EncoderChoice":
    """The encoder that the options name.

    Raises:
        QueryError: `--layers` names none.
    """
    from kikimimi.tasks.probing.encoders import EncoderChoice

    if layers is None:
        return EncoderChoice(name)
    names = [layer.strip() for layer in layers.split(",")]
    if not all(names):
        raise QueryError(f"--layers '{layers}' names an empty layer; write layers as a,b")
    return EncoderChoice(name, names, fuse)


def whole_numbers(text: str | None, *, option: str) -> tuple[int, ...]:
    """Read numbers between commas; nothing gives none.

    Raises:
        QueryError: one is no whole number.
    """
    try:
        return tuple(int(part) for part in text.split(",")) if text else ()
    except ValueError:
        raise QueryError(
            f"{option} '{display_path(text or '')}' is no list of whole numbers; write 1,2"
        ) from None


def cache_folder(given: Path | None) -> Path:
    """Where embeddings are kept: the folder given, else the user's cache."""
    if given is not None:
        return given
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "kikimimi" / "embeddings"


def read_data(
    choice: "EncoderChoice", root: Path, dataset: str | None, unit_s: float | None
) -> "ProbeData":
    """The clips of a data set, after a look whether there is such an encoder.

    Raises:
        ConfigError: there is no such data set.
        DatasetError: it is incomplete or malformed.
        EncoderError: there is no such encoder.
    """
    from kikimimi.datasets.detection import detect_dataset
    from kikimimi.tasks.probing.data import load_probe_data

    if not choice.is_per_fold:
        choice.create(0)
    return load_probe_data(dataset or detect_dataset(root), root, unit_s=unit_s)


class FoldEmbeddings:
    """Embeddings of all clips for a test fold: made once, and again only for another encoder."""

    def __init__(self, data: "ProbeData", choice: "EncoderChoice", cache: Path) -> None:
        self._data = data
        self._choice = choice
        self._cache = cache
        self._latest: FloatArray | None = None
        self._identity = ""
        self.identities: dict[int, str] = {}

    def __call__(self, fold: int) -> FloatArray:
        """(V, D) by the encoder of the fold."""
        from kikimimi.tasks.probing.embeddings import unit_embeddings

        if self._latest is None or self._choice.is_per_fold:
            encoder = self._choice.create(fold).load()
            with file_progress("Embedding") as step:
                self._latest = unit_embeddings(
                    self._data, encoder, cache=self._cache, progress=step
                )
            self._identity = encoder.identity
        self.identities[fold] = self._identity
        return self._latest


def check_record(path: Path | None) -> None:
    """Check the name of a results file before any work is done.

    Raises:
        QueryError: it cannot be written so.
    """
    if path is not None:
        check_output(path, suffixes=(".json",))


def write_record(path: Path | None, record: dict[str, object]) -> None:
    """Write all results as one JSON object, if a file was asked for.

    Raises:
        QueryError: it cannot be written.
    """
    if path is None:
        return

    def write(draft: Path) -> None:
        draft.write_text(json_text(record) + "\n", encoding="utf-8")

    write_file(path, write)


def write_file(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a draft that takes the place of `path`.

    Raises:
        QueryError: the file cannot be written.
    """
    try:
        with draft_of(path) as draft:
            write(draft)
    except OSError as error:
        raise QueryError(
            f"cannot write {display_path(path)}: {error.strerror}; choose another place"
        ) from None
