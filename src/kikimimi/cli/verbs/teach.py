"""`kikimimi teach`: the user's own tags, learned from a handful of examples."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from kikimimi.cli.options import JsonOption, LibraryOption, check_output, open_library
from kikimimi.cli.output import (
    json_path,
    print_failure,
    print_json,
    print_message,
    print_table,
    short_path,
)
from kikimimi.cli.progress import busy
from kikimimi.errors import QueryError
from kikimimi.library.library import Library
from kikimimi.library.records import SoundReference
from kikimimi.library.taught.tags import ScoredSound, TaughtTag, TeachReport
from kikimimi.paths import display_path

_EXAMPLES = (
    'Examples: kikimimi teach "sword clash" a.wav b.wav --not c.wav; '
    'kikimimi teach "sword clash" --review; kikimimi teach "sword clash" --yes 12 --not 34'
)
_MANY = ("--yes", "--not")


class ManyValuedCommand(TyperCommand):
    """A command whose options `--yes` and `--not` take all the words up to the next option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Repeat the option before each of its values, which is the form that click reads."""
        return super().parse_args(ctx, _repeated(args))


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("teach", cls=ManyValuedCommand, epilog=_EXAMPLES)(teach)


def teach(
    name: Annotated[str | None, typer.Argument(help="The tag, in any language.")] = None,
    files: Annotated[
        list[str] | None, typer.Argument(help="Sounds that have it: files, or ids.")
    ] = None,
    yes: Annotated[list[str] | None, typer.Option("--yes", help="More that have it.")] = None,
    no: Annotated[list[str] | None, typer.Option("--not", help="Sounds that do not.")] = None,
    show_list: Annotated[bool, typer.Option("--list", help="List the taught tags.")] = False,
    review: Annotated[
        bool, typer.Option("--review", help="Show the sounds that are best to judge next.")
    ] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Delete the tag.")] = False,
    export: Annotated[
        Path | None, typer.Option("--export", help="Write the tag, or all, to a .json file.")
    ] = None,
    read: Annotated[
        Path | None, typer.Option("--import", help="Learn the tags of such a file.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-k", "-n", min=1, help="How many.")] = 10,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Teach the library a tag by examples and corrections; it tags every sound at once.

    Each call adds to what was given before. Sounds indexed later get the tag as well. A tag taken
    from a sound with 'kikimimi tag --remove' is a correction too.
    """
    judged = [*(files or []), *(yes or []), *(no or [])]
    chosen = [show_list, review, forget, export is not None, read is not None]
    if sum(chosen) > 1 or (any(chosen) and judged):
        raise QueryError(
            "give sounds to learn from, or one of --list, --review, --forget, --export, --import"
        )
    if name is None and not (show_list or export or read):
        raise QueryError("which tag? give its name first, or --list to see those that were taught")
    if name is not None and (show_list or read):
        raise QueryError("--list and --import are for all tags; leave the name out")
    plain = name or ""
    with open_library(library) as opened:
        if show_list:
            _show_tags(opened.taught.list(), as_json=as_json)
        elif review:
            _show_sounds(opened.taught.review(plain, limit=limit), as_json=as_json)
        elif forget:
            _show_forgotten(plain, opened.taught.forget(plain), as_json=as_json)
        elif export is not None:
            _export(opened, export, name, as_json=as_json)
        elif read is not None:
            with busy("Learning"):
                reports = opened.taught.read(read.expanduser())
            _show_reports(reports, limit, as_json=as_json)
        else:
            wanted = [_reference(text) for text in (*(files or []), *(yes or []))]
            unwanted = [_reference(text) for text in no or []]
            with busy("Learning"):
                report = opened.taught.teach(plain, wanted, unwanted=unwanted)
            _show_reports([report], limit, as_json=as_json)


def _repeated(args: Sequence[str]) -> list[str]:
    """`--not a b --json` as `--not a --not b --json`."""
    found: list[str] = []
    option, fresh = "", False
    for place, word in enumerate(args):
        if word == "--":
            return [*found, *args[place:]]
        if word.startswith("-") and len(word) > 1:
            option, fresh = (word if word in _MANY else ""), True
            found.append(word)
            continue
        if option and not fresh:
            found.append(option)
        found.append(word)
        fresh = False
    return found


def _reference(text: str) -> SoundReference:
    """A file if there is one of this name, else the id of a sound if it is a number."""
    if text.isascii() and text.isdigit() and not Path(text).exists():
        return int(text)
    return text


def _export(library: Library, target: Path, name: str | None, *, as_json: bool) -> None:
    check_output(target, suffixes=(".json",))
    count = library.taught.write(target, [] if name is None else [name])
    if as_json:
        print_json({"path": json_path(target), "tags": count})
    else:
        print_message(f"{display_path(target)}: {count} taught tags")


def _show_tags(tags: Sequence[TaughtTag], *, as_json: bool) -> None:
    if as_json:
        for tag in tags:
            print_json(_tag_record(tag))
        return
    columns = ("tag", "examples", "counter-examples", "sounds")
    rows = [
        (tag.name, str(tag.examples), str(tag.counter_examples), str(tag.tagged)) for tag in tags
    ]
    print_table(columns, rows, right=columns[1:])


def _show_sounds(sounds: Sequence[ScoredSound], *, as_json: bool) -> None:
    if as_json:
        for each in sounds:
            print_json(_sound_record(each))
        return
    rows = [
        (str(each.sound.id), f"{each.score:.2f}", short_path(each.sound.path)) for each in sounds
    ]
    print_table(("id", "score", "sound"), rows, right=("id", "score"))


def _show_forgotten(name: str, count: int, *, as_json: bool) -> None:
    if as_json:
        print_json({"name": name, "removed": count})
    else:
        print_message(f"{name}: forgotten; {count} sounds had it")


def _show_reports(reports: Sequence[TeachReport], limit: int, *, as_json: bool) -> None:
    """Tell what was learned; leave with status 1 if an example could not be read."""
    for report in reports:
        for failure in report.failures:
            if as_json:
                print_json({"path": json_path(failure.path), "error": failure.reason})
            else:
                print_failure(failure.path, failure.reason)
        best = report.best[:limit]
        if as_json:
            counts = {"added": report.added, "removed": report.removed}
            listed = [_sound_record(each) for each in best]
            print_json({**_tag_record(report.tag), **counts, "best": listed})
        else:
            _show_sounds(best, as_json=False)
            print_message(_summary(report))
    if any(report.failures for report in reports):
        raise typer.Exit(1)


def _summary(report: TeachReport) -> str:
    tag = report.tag
    return (
        f"{tag.name}: {tag.tagged} sounds ({report.added} new, {report.removed} no longer), from "
        f"{tag.examples} examples and {tag.counter_examples} counter-examples"
    )


def _tag_record(tag: TaughtTag) -> dict[str, Any]:
    return {
        "name": tag.name,
        "examples": tag.examples,
        "counter_examples": tag.counter_examples,
        "tagged": tag.tagged,
    }


def _sound_record(each: ScoredSound) -> dict[str, Any]:
    return {
        "id": each.sound.id,
        "path": json_path(each.sound.path),
        "score": round(each.score, 4),
    }
