"""`kikimimi playlist`: named lists of sounds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from kikimimi.cli.options import JsonOption, LibraryOption, open_library
from kikimimi.cli.output import (
    duration_text,
    json_path,
    print_failure,
    print_json,
    print_message,
    print_table,
    short_path,
)
from kikimimi.library.records import Failure

_KINDS = {".m3u8": "m3u8", ".m3u": "m3u8", ".csv": "csv"}

NameArgument = Annotated[str, typer.Argument(help="The playlist.")]


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    verb = typer.Typer(no_args_is_help=True, help="Named lists of sounds: make, order, export.")
    verb.command("list")(list_playlists)
    verb.command("create", epilog='Example: kikimimi playlist create "night walk"')(create)
    verb.command("show", epilog='Example: kikimimi playlist show "night walk"')(show)
    verb.command("add", epilog='Example: kikimimi playlist add "night walk" owl.wav')(add)
    verb.command("remove", epilog='Example: kikimimi playlist remove "night walk" 3')(remove)
    verb.command("move", epilog='Example: kikimimi playlist move "night walk" 5 1')(move)
    verb.command("rename", epilog='Example: kikimimi playlist rename "night walk" night')(rename)
    verb.command("delete", epilog='Example: kikimimi playlist delete "night walk"')(delete)
    verb.command("export", epilog='Example: kikimimi playlist export "night walk" -o night.m3u8')(
        export
    )
    app.add_typer(verb, name="playlist")


def list_playlists(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List the playlists."""
    with open_library(library) as opened:
        names = opened.playlists.names()
    if as_json:
        for name, length in names.items():
            print_json({"name": name, "sounds": length})
    else:
        rows = [(name, str(length)) for name, length in names.items()]
        print_table(("playlist", "sounds"), rows, right=("sounds",))


def create(name: NameArgument, library: LibraryOption = None) -> None:
    """Make an empty playlist."""
    with open_library(library) as opened:
        opened.playlists.create(name)


def show(name: NameArgument, library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List the sounds of a playlist."""
    with open_library(library) as opened:
        sounds = opened.playlists.items(name)
    if as_json:
        for position, sound in enumerate(sounds, start=1):
            print_json(
                {
                    "position": position,
                    "path": json_path(sound.path),
                    "duration": round(sound.duration_s, 3),
                    "missing": sound.missing,
                }
            )
        return
    rows = [
        (
            str(position),
            duration_text(sound.duration_s),
            short_path(sound.path) + (" (missing)" if sound.missing else ""),
        )
        for position, sound in enumerate(sounds, start=1)
    ]
    print_table(("position", "length", "sound"), rows, right=("position", "length"))


def add(
    name: NameArgument,
    sounds: Annotated[list[Path], typer.Argument(help="Sounds of the library.")],
    library: LibraryOption = None,
) -> None:
    """Append sounds of the library to a playlist."""
    with open_library(library) as opened:
        length = opened.playlists.add(name, sounds)
    print_message(f"{name}: {length} sounds")


def remove(
    name: NameArgument,
    positions: Annotated[list[int], typer.Argument(help="Positions, from 1.")],
    library: LibraryOption = None,
) -> None:
    """Take sounds out of a playlist."""
    with open_library(library) as opened:
        length = opened.playlists.remove(name, positions)
    print_message(f"{name}: {length} sounds")


def move(
    name: NameArgument,
    position: Annotated[int, typer.Argument(help="Where the sound stands.")],
    new_position: Annotated[int, typer.Argument(help="Where it shall stand.")],
    library: LibraryOption = None,
) -> None:
    """Move a sound within a playlist."""
    with open_library(library) as opened:
        opened.playlists.move(name, position, new_position)


def rename(
    name: NameArgument,
    new_name: Annotated[str, typer.Argument(help="Its new name.")],
    library: LibraryOption = None,
) -> None:
    """Give a playlist another name."""
    with open_library(library) as opened:
        opened.playlists.rename(name, new_name)


def delete(name: NameArgument, library: LibraryOption = None) -> None:
    """Delete a playlist; its sounds stay."""
    with open_library(library) as opened:
        opened.playlists.delete(name)


def export(
    name: NameArgument,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="A .m3u8 or .csv file, or a folder for copies.")
    ],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")] = False,
    library: LibraryOption = None,
) -> None:
    """Write a playlist as M3U8, as a CSV table, or as a folder of copies."""
    kind = _KINDS.get(output.suffix.lower(), "folder")
    with open_library(library) as opened:
        failures = opened.playlists.export(name, output, kind=kind, overwrite=overwrite)
    report_failures(failures)


def report_failures(failures: Sequence[Failure]) -> None:
    """Name each sound that was left out; leave with status 1 if there is one."""
    for failure in failures:
        print_failure(failure.path, failure.reason)
    if failures:
        raise typer.Exit(1)
