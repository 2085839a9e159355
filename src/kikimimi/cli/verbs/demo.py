"""`kikimimi demo`: a small library made by synthesis, indexed and searched at once."""

from pathlib import Path
from typing import Annotated

import typer

from kikimimi.cli.options import JsonOption, LanguageOption, parse_language
from kikimimi.cli.output import print_failure, print_message, short_path
from kikimimi.cli.progress import file_progress
from kikimimi.cli.verbs.search import show_hits
from kikimimi.errors import QueryError
from kikimimi.library.example import Example
from kikimimi.library.library import Library
from kikimimi.paths import display_path

_QUERY = Path("door/knock on wood.wav")
_SEED = 0


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("demo", epilog="Example: kikimimi demo")(demo)


def demo(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for the sounds and their library.")
    ] = Path("kikimimi-demo"),
    language: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Make about 100 sounds, index them, search for a knock, and say what to type next.

    Needs no download. Run again, it keeps what is there.
    """
    chosen = parse_language(language)
    sounds = output / "sounds"
    library_file = output / "demo.kikimimi"
    _make_sounds(sounds)
    with Library(library_file) as library:
        with file_progress("Indexing") as progress:
            report = library.index([sounds], progress=progress)
        for failure in report.failures:
            print_failure(failure.path, failure.reason)
        hits = library.search(like=Example(sounds / _QUERY), limit=8)
        print_message(f"Sounds like {short_path(sounds / _QUERY)}:")
        show_hits(hits, chosen, as_json=as_json)
    print_message(_next_steps(library_file, sounds))
    if report.failures:
        raise typer.Exit(1)


def _make_sounds(folder: Path) -> None:
    # scipy's filters take a second to import, which no other verb should wait for
    from kikimimi.audio.synthesis import demo_sounds
    from kikimimi.audio.writing import write_wav

    made = demo_sounds()
    seconds = 0.0
    with file_progress("Making sounds") as progress:
        for done, sound in enumerate(made, start=1):
            path = folder / sound.path
            if not path.exists():
                clip = sound.render(_SEED)
                seconds += clip.duration_s
                _make_folder(path.parent)
                write_wav(path, clip, subtype="PCM_16")
            progress(done, len(made), path, seconds)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise QueryError(
            f"{display_path(folder)}: cannot be made ({error.strerror}); choose another with -o"
        ) from None


def _next_steps(library: Path, sounds: Path) -> str:
    use = f'--library "{display_path(library)}"'
    example = display_path(sounds / _QUERY)
    return f"""
Next:
  kikimimi search {use} 雨
  kikimimi search {use} "{example}" --duration "<3"
  kikimimi search {use} --tag bird
  kikimimi tag "{example}"
  kikimimi index ~/Sounds          # your own sounds, into your own library
  kikimimi search ~/Sounds/door.wav"""
