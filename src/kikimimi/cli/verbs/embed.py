"""`kikimimi embed`: vectors of sound files for NumPy."""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from kikimimi.cli.inputs import embed_files, expand
from kikimimi.cli.options import JsonOption, check_output
from kikimimi.cli.output import json_path, print_json, print_message
from kikimimi.encoders.registry import DEFAULT_ENCODER, load_encoder
from kikimimi.errors import LibraryError
from kikimimi.files import draft_of
from kikimimi.paths import display_path
from kikimimi.types import FloatArray


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("embed", epilog="Example: kikimimi embed a.wav b.wav -o vectors.npz")(embed)


def embed(
    files: Annotated[list[Path], typer.Argument(help="Sound files, or folders of them.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The .npz file to write.")],
    encoder: Annotated[str, typer.Option(help="Which encoder (see kikimimi models).")] = (
        DEFAULT_ENCODER
    ),
    as_json: JsonOption = False,
) -> None:
    """Write `embeddings` (n, D) and `paths` (n,) of sound files, in the order given.

    A sound longer than the encoder's window has the mean of its windows' vectors. A file that
    cannot be read is named and left out.
    """
    check_output(output, suffixes=(".npz",))
    paths = expand(files)
    loaded = load_encoder(encoder)
    names: list[str] = []
    vectors = []
    for path, embedded in embed_files(paths, loaded, label="Embedding"):
        names.append(json_path(path))
        vectors.append(embedded.vectors.mean(axis=0))
        if as_json:
            print_json({"path": names[-1], "windows": len(embedded.windows)})
    size = loaded.card.embedding_size
    stacked = np.stack(vectors) if vectors else np.zeros((0, size), np.float32)
    _write(output, stacked.astype(np.float32), names)
    print_message(f"{display_path(output)}: {len(names)} x {size}, encoder {loaded.identity}")
    if len(names) < len(paths):
        raise typer.Exit(1)


def _write(output: Path, embeddings: FloatArray, paths: list[str]) -> None:
    try:
        with draft_of(output) as draft, draft.open("wb") as file:
            np.savez(file, embeddings=embeddings, paths=np.array(paths, dtype=np.str_))
    except OSError as error:
        raise LibraryError(
            f"cannot write {display_path(output)}: {error.strerror}; choose another place"
        ) from None
