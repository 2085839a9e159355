"""`kikimimi map` and `kikimimi evaluate map`: a picture of an embedding, still or to listen in."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer

from kikimimi.cli.evaluating.mapped_sounds import MappedSounds, sounds_of_data, sounds_of_library
from kikimimi.cli.evaluating.options import (
    DEFAULT,
    CacheOption,
    DatasetOption,
    FuseOption,
    LayersOption,
    UnitOption,
)
from kikimimi.cli.options import (
    JsonOption,
    LanguageOption,
    LibraryOption,
    check_output,
    open_library,
    parse_language,
)
from kikimimi.cli.output import json_path, print_json, print_message, print_table, tag_text
from kikimimi.cli.progress import busy
from kikimimi.encoders.vocabulary import Language
from kikimimi.errors import QueryError
from kikimimi.paths import display_path

if TYPE_CHECKING:
    from kikimimi.pictures.map_data import SoundMap
    from kikimimi.tasks.maps.projections import Coordinates

_SUFFIXES = (".png", ".svg", ".html")


def draw_map(
    out: Annotated[Path, typer.Option("--out", "-o", help="The .png, .svg or .html to write.")],
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Instead of the library: a data set, or folders of sounds."),
    ] = None,
    method: Annotated[str, typer.Option(help="pca, ica, tsne or umap.")] = "pca",
    components: Annotated[
        int | None, typer.Option(min=2, help="How many.", show_default="20 for ica, else 2")
    ] = None,
    encoder: Annotated[
        str | None, typer.Option("--encoder", help="For --data.", show_default=DEFAULT)
    ] = None,
    dataset: DatasetOption = None,
    layers: LayersOption = None,
    fuse: FuseOption = "concat",
    unit_s: UnitOption = None,
    top: Annotated[int, typer.Option(min=1, help="So many labels are told apart.")] = 50,
    min_score: Annotated[
        float, typer.Option(min=0, max=1, help="Least score of a tag of the library.")
    ] = 0.3,
    most: Annotated[int, typer.Option(min=3, help="Of more sounds, so many are drawn.")] = 5000,
    cache: CacheOption = None,
    language: LanguageOption = "",
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw the sounds of the library, or of a data set, so that like sounds are near each other.

    A map in HTML can be searched, walked with the arrow keys, and played. PCA and ICA also print
    the tags and sounds that load highest on each component.
    """
    from kikimimi.tasks.maps.projections import check_method, project

    check_output(out, suffixes=_SUFFIXES)
    check_method(method)
    chosen_language = parse_language(language)
    if data is None:
        sounds = _of_library(library, encoder, layers, min_score).drawn(most)
    else:
        sounds = sounds_of_data(
            data, dataset, encoder or DEFAULT, layers, fuse, unit_s, cache, most
        )
    with busy("Drawing"):
        found = project(sounds.vectors, method, components=components)
    if method in ("pca", "ica"):
        _print_components(sounds, found, chosen_language, as_json=as_json)
    _write(out, _sound_map(sounds, found, out, top), chosen_language)
    print_message(
        f"{display_path(out)}: {len(sounds.paths)} sounds by {method}"
        f"{f' ({found.note})' if found.note else ''}, encoder {sounds.encoder}"
    )


def _of_library(
    library: Path | None, encoder: str | None, layers: str | None, min_score: float
) -> MappedSounds:
    if encoder is not None or layers is not None:
        raise QueryError(
            "a library has the vectors of its own encoder; leave --encoder and --layers out, "
            "or give --data"
        )
    with open_library(library) as opened, busy("Reading"):
        return sounds_of_library(opened, min_score=min_score)


def _print_components(
    sounds: MappedSounds, found: "Coordinates", language: Language, *, as_json: bool
) -> None:
    from kikimimi.tasks.maps.components import describe_components

    rows = []
    for component in describe_components(found.points, found.axes, sounds.tags):
        if as_json:
            tags = [
                {"name": each.tag, "loading": round(each.loading, 4), "sounds": each.sounds}
                for each in component.tags
            ]
            files = [json_path(sounds.paths[row]) for row in component.sounds]
            print_json({"component": component.name, "tags": tags, "sounds": files})
            continue
        tags_text = ", ".join(
            f"{tag_text(each.tag, language)} ({each.loading:.1f})" for each in component.tags
        )
        names = ", ".join(display_path(sounds.paths[row].name) for row in component.sounds)
        rows.append((component.name, tags_text, names))
    if rows:
        print_table(("component", "tags that load highest", "sounds"), rows)


def _sound_map(sounds: MappedSounds, found: "Coordinates", out: Path, top: int) -> "SoundMap":
    from kikimimi.pictures.map_data import MapLabel, SoundMap

    tags = sounds.common_tags(top)
    number = {tag: index for index, tag in enumerate(tags)}
    return SoundMap(
        title=f"{sounds.title}, {sounds.encoder.rpartition('@')[0]}, {found.method}",
        axes=found.axes,
        points=found.points,
        names=tuple(display_path(path.name) for path in sounds.paths),
        addresses=tuple(_address(path, out) for path in sounds.paths),
        labels=tuple(MapLabel(tag_text(tag, "en"), tag_text(tag, "ja")) for tag in tags),
        label_of=tuple(number.get(mine[0], -1) if mine else -1 for mine in sounds.tags),
    )


def _address(path: Path, page: Path) -> str:
    """Where a browser that shows `page` finds a file; empty if no relative path leads there."""
    try:
        relative = os.path.relpath(path.absolute(), page.absolute().parent)
    except ValueError:  # on another drive of Windows
        return ""
    return quote(os.fsencode(relative.replace(os.sep, "/")))


def _write(out: Path, shown: "SoundMap", language: Language) -> None:
    from kikimimi.pictures.embedding_map import draw_map as draw_picture
    from kikimimi.pictures.interactive_map import write_interactive_map

    write = write_interactive_map if out.suffix.lower() == ".html" else draw_picture
    try:
        write(out, shown, language=language)
    except OSError as error:
        raise QueryError(
            f"cannot write {display_path(out)}: {error.strerror}; choose another place"
        ) from None
