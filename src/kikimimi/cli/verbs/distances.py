"""`kikimimi distances`: how far kinds of sound are from each other."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kikimimi.cli.class_comparison import ClassComparison
from kikimimi.cli.options import (
    JsonOption,
    LanguageOption,
    LibraryOption,
    check_output,
    open_library,
    parse_language,
)
from kikimimi.cli.output import print_failure
from kikimimi.cli.progress import busy
from kikimimi.cli.sound_classes import (
    SoundClasses,
    classes_of_data,
    classes_of_library,
    parse_names,
)
from kikimimi.encoders.registry import DEFAULT_ENCODER, load_encoder
from kikimimi.errors import QueryError

if TYPE_CHECKING:
    from kikimimi.metrics.distance_matrix import Measure

_PICTURE_SUFFIXES = (".png", ".svg")
_EXAMPLES = (
    "Examples: kikimimi distances --top 20 --picture map.png; "
    "kikimimi distances --data esc50:~/ESC-50 --measure mmd --csv matrix.csv"
)


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("distances", epilog=_EXAMPLES)(distances)


def distances(
    tags: Annotated[
        list[str] | None,
        typer.Option(help='Tags of the library: dog,rain,"Walk, footsteps".'),
    ] = None,
    top: Annotated[int, typer.Option(min=2, help="Without --tags: so many frequent tags.")] = 30,
    min_score: Annotated[
        float, typer.Option(min=0, max=1, help="Least score of a tag; your own have 1.")
    ] = 0.3,
    data: Annotated[
        str | None,
        typer.Option(help="Instead of the library: esc50:FOLDER, or a folder of folders."),
    ] = None,
    encoder: Annotated[
        str | None, typer.Option(help="Encoder for --data.", show_default=DEFAULT_ENCODER)
    ] = None,
    measure: Annotated[
        str, typer.Option(help="frechet, mmd, transport, wasserstein2 or energy.")
    ] = "frechet",
    most: Annotated[int, typer.Option(min=2, help="Most sounds of a kind; drawn by lot.")] = 500,
    limit: Annotated[
        int, typer.Option("--limit", "-k", "-n", min=1, help="Pairs to show at each end.")
    ] = 10,
    csv_path: Annotated[
        Path | None, typer.Option("--csv", help="Write the matrix to a .csv file.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Draw matrix and tree to a .png or .svg file.")
    ] = None,
    dendrogram: Annotated[
        Path | None, typer.Option(help="Draw the tree alone to a .png or .svg file.")
    ] = None,
    language: LanguageOption = "",
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how far kinds of sound (tags, classes, folders) are from each other.

    A kind is the cloud of its sounds' vectors, one a sound. Prints the nearest and the farthest
    pairs and, for the categories of ESC-50, how well they agree with its major categories.
    """
    from kikimimi.metrics.distance_matrix import measure as find_measure

    chosen_language = parse_language(language)
    chosen = find_measure(measure)
    _check_outputs(csv_path, picture, dendrogram)
    if data is None:
        found = _classes_of_tags(tags, top, min_score, most, encoder, library)
    elif tags:
        raise QueryError("--tags are those of the library; leave them or --data out")
    else:
        found = classes_of_data(data, load_encoder(encoder or DEFAULT_ENCODER), most=most)
    names = _large_enough(found, chosen, quiet=data is None and not tags)
    comparison = ClassComparison(found, names, chosen)
    if as_json:
        comparison.print_json_lines()
    else:
        comparison.print_tables(limit, chosen_language)
    comparison.write(csv_path, picture, dendrogram, chosen_language)
    left_out = len(names) < len(found.clouds) and (data is not None or bool(tags))
    if found.failed or left_out:
        raise typer.Exit(1)


def _check_outputs(csv_path: Path | None, *pictures: Path | None) -> None:
    if csv_path is not None:
        check_output(csv_path, suffixes=(".csv",))
    for path in pictures:
        if path is not None:
            check_output(path, suffixes=_PICTURE_SUFFIXES)


def _classes_of_tags(
    tags: list[str] | None,
    top: int,
    min_score: float,
    most: int,
    encoder: str | None,
    library: Path | None,
) -> SoundClasses:
    if encoder is not None:
        raise QueryError("a library has the vectors of its own encoder; leave --encoder out")
    names = parse_names(tags) if tags else None
    with open_library(library) as opened, busy("Reading"):
        return classes_of_library(opened, names, top=top, min_score=min_score, most=most)


def _large_enough(found: SoundClasses, measure: "Measure", *, quiet: bool) -> list[str]:
    """The classes with enough sounds for the measure; the others are named unless `quiet`."""
    kept = []
    for name, cloud in found.clouds.items():
        if len(cloud) >= measure.least_rows:
            kept.append(name)
        elif not quiet:
            count = f"{len(cloud)} of the {measure.least_rows} sounds"
            print_failure(name, f"left out: has {count} that {measure.name} needs")
    if len(kept) < 2:
        raise QueryError(
            f"{found.source}: {len(kept)} kinds of sound with {measure.least_rows} sounds or more, "
            "but a distance needs two; name more, or lower --min-score"
        )
    return kept
