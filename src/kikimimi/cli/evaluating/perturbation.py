"""`kikimimi evaluate perturbation`: what pitch, length and level do to an embedding."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from kikimimi.cli.evaluating.options import (
    DEFAULT,
    CacheOption,
    FuseOption,
    LayersOption,
    UnitOption,
    cache_folder,
    encoder_choice,
    write_file,
)
from kikimimi.cli.inputs import expand
from kikimimi.cli.options import JsonOption, check_output
from kikimimi.cli.output import print_json, print_message, print_table
from kikimimi.cli.progress import file_progress
from kikimimi.errors import QueryError
from kikimimi.paths import display_path

if TYPE_CHECKING:
    from kikimimi.tasks.probing.perturbation import Movement

_LISTED = 5


def perturbation(
    data: Annotated[Path, typer.Option("--data", help="Folder of sounds, with or without labels.")],
    encoder: Annotated[str, typer.Option("--encoder", help="Name or folder.")] = DEFAULT,
    layers: LayersOption = None,
    fuse: FuseOption = "concat",
    most: Annotated[int, typer.Option(min=2, help="Of more sounds, so many are drawn.")] = 200,
    keep_pitch: Annotated[
        bool, typer.Option("--keep-pitch", help="Also change the length at the same pitch.")
    ] = False,
    unit_s: UnitOption = None,
    csv_path: Annotated[
        Path | None, typer.Option("--csv", help="Write every dimension to a .csv file.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Draw all dimensions to a .png or .svg file.")
    ] = None,
    cache: CacheOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make sounds 0.8 and 1.2 times as long (the pitch moves along), 6 dB quieter and louder.

    Shows how far the embedding moves, relative to how far different sounds are from each other:
    1 is as far as another sound.
    """
    from kikimimi.tasks.probing.perturbation import (
        PERTURBATIONS,
        PITCH_KEEPING,
        movement,
        perturbed_embeddings,
    )

    _check_outputs(csv_path, picture)
    loaded = encoder_choice(encoder, layers, fuse).create(1).load()
    paths, seconds = _sounds(data, most), _unit(data, unit_s)
    folder = cache_folder(cache)

    def embedded(name: str) -> np.ndarray:
        with file_progress(f"Embedding {name}".strip()) as step:
            return perturbed_embeddings(
                *(paths, loaded, known.get(name)),
                name=name, unit_s=seconds, cache=folder, progress=step,
            )  # fmt: skip

    known = {**PERTURBATIONS, **(PITCH_KEEPING if keep_pitch else {})}
    clean = embedded("")
    found = [movement(name, clean, embedded(name)) for name in known]
    _print(found, as_json=as_json)
    print_message(f"{len(paths)} sounds, {seconds:g} s of each, encoder {loaded.identity}")
    if csv_path is not None:
        write_file(csv_path, lambda draft: _write_csv(draft, found))
    if picture is not None:
        _draw(picture, found, title=f"{loaded.card.name}, {len(paths)} sounds")


def _check_outputs(csv_path: Path | None, picture: Path | None) -> None:
    if csv_path is not None:
        check_output(csv_path, suffixes=(".csv",))
    if picture is not None:
        check_output(picture, suffixes=(".png", ".svg"))


def _sounds(data: Path, most: int) -> list[Path]:
    paths = expand([data])
    if len(paths) < 2 or not data.is_dir():
        raise QueryError(f"{display_path(data)}: give a folder that holds two sounds or more")
    if len(paths) <= most:
        return paths
    drawn = np.random.default_rng(0).choice(len(paths), most, replace=False)
    return [paths[index] for index in sorted(drawn)]


def _unit(data: Path, unit_s: float | None) -> float:
    from kikimimi.datasets.detection import detect_dataset
    from kikimimi.tasks.probing.data import DEFAULT_UNIT_S, UNIT_SECONDS

    return unit_s or UNIT_SECONDS.get(detect_dataset(data), DEFAULT_UNIT_S)


def _print(found: "Sequence[Movement]", *, as_json: bool) -> None:
    rows = []
    for each in found:
        order = np.argsort(-each.dimensions, kind="stable")[:_LISTED]
        share = float((each.dimensions > 0.5).mean())
        if as_json:
            moved = [{"dimension": int(d), "moved": float(each.dimensions[d])} for d in order]
            print_json(
                {
                    **{"perturbation": each.name, "moved": each.whole, "cosine": each.cosine},
                    **{"found": each.found, "share_above_half": share, "most_moved": moved},
                }
            )
        listed = ", ".join(f"{d} ({each.dimensions[d]:.2f})" for d in order)
        figures = (f"{each.whole:.3f}", f"{each.cosine:.3f}", f"{each.found:.1%}", f"{share:.1%}")
        rows.append((each.name, *figures, listed))
    if not as_json:
        columns = ("perturbation", "moved", "cosine", "found again", "dimensions > 0.5", "most")
        print_table(columns, rows, right=columns[1:5])


def _write_csv(path: Path, found: "Sequence[Movement]") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["dimension", *(each.name for each in found)])
        for dimension, row in enumerate(np.stack([each.dimensions for each in found], axis=1)):
            writer.writerow([dimension, *(f"{value:.6g}" for value in row)])


def _draw(path: Path, found: "Sequence[Movement]", *, title: str) -> None:
    from kikimimi.pictures.movement import draw_movement

    try:
        draw_movement(
            path,
            np.stack([each.dimensions for each in found]),
            names=[each.name for each in found],
            whole=[each.whole for each in found],
            title=title,
        )
    except OSError as error:
        raise QueryError(
            f"cannot write {display_path(path)}: {error.strerror}; choose another place"
        ) from None
