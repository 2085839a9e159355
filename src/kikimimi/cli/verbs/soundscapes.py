"""`kikimimi soundscapes`: make annotated soundscapes of single sounds."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kikimimi.cli.made_folders import (
    ChangeOption,
    ExpectOption,
    RecipeArgument,
    VerifyOption,
    goes_on_when_stopped,
    leave_unless_expected,
    made_text,
)
from kikimimi.cli.options import JsonOption
from kikimimi.cli.output import (
    duration_text,
    print_json,
    print_message,
    print_table,
)
from kikimimi.cli.progress import file_progress

if TYPE_CHECKING:
    from kikimimi.datasets.soundscape import SoundscapeRecipe, SoundscapeReport

_EXAMPLE = (
    "Example: kikimimi soundscapes recipes/soundscapes/benchmark.yaml --sources ESC-50 "
    "-o soundscapes/benchmark"
)


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("soundscapes", epilog=_EXAMPLE)(soundscapes)


def soundscapes(
    recipe: RecipeArgument,
    sources: Annotated[
        Path, typer.Option("--sources", help="Data set of single sounds to mix, such as ESC-50.")
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for audio, tables and descriptions.")
    ],
    change: ChangeOption = None,
    verify: VerifyOption = False,
    expect: ExpectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Mix single sounds into soundscapes, and write down what sounds when.

    Same recipe, same sources and same versions: same bytes. Stopped and started again, it goes on
    where it was.
    """
    from kikimimi.datasets.soundscape import SoundscapeRecipe
    from kikimimi.datasets.soundscape.folder import SoundscapeFolder
    from kikimimi.training.config import load_recipe, recipe_text

    wanted = load_recipe(recipe, SoundscapeRecipe, overrides=tuple(change or ()))
    report = _make(wanted, recipe_text(wanted), sources, out)
    if verify:
        SoundscapeFolder(out).check()
    if as_json:
        print_json(asdict(report))
    else:
        _tell(report, out, verified=verify)
    leave_unless_expected(
        out,
        report.digest,
        expect,
        causes="other sources or versions of the packages (see sources.json)",
    )


def _make(
    wanted: "SoundscapeRecipe", recipe_text: str, sources: Path, out: Path
) -> "SoundscapeReport":
    from kikimimi.datasets.detection import detect_dataset
    from kikimimi.datasets.records import LabelledClip
    from kikimimi.datasets.registry import find_dataset
    from kikimimi.datasets.soundscape import make_soundscapes

    dataset = find_dataset(detect_dataset(sources))
    clips = [clip for clip in dataset.clips(sources) if isinstance(clip, LabelledClip)]
    with goes_on_when_stopped(), file_progress("Mixing") as progress:
        return make_soundscapes(
            wanted,
            recipe_text=recipe_text,
            sources=clips,
            licence=dataset.LICENCE,
            out=out,
            progress=progress,
        )


def _tell(report: "SoundscapeReport", out: Path, *, verified: bool) -> None:
    for split, figures in report.statistics.items():
        _tell_split(split, figures)
    print_message(
        made_text(
            out,
            what="soundscapes",
            made=report.made,
            kept=report.kept,
            digest=report.digest,
            verified=verified,
        )
    )


def _tell_split(split: str, figures: dict[str, Any]) -> None:
    rows = [
        (
            split,
            name,
            str(about["frames"]),
            str(about["events"]),
            str(about["clips"]),
            duration_text(about["median_s"]) if "median_s" in about else "-",
        )
        for name, about in figures["classes"].items()
    ]
    columns = ("split", "class", "frames of 20 ms", "events", "clips", "median length")
    print_table(columns, rows, right=columns[2:])
    print_message(
        f"{split}: {figures['clips']} clips, {figures['minutes']:g} minutes, the longest class "
        f"has {figures['imbalance']} times the frames of the shortest"
    )
