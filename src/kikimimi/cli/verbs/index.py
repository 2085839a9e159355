"""`kikimimi index`: take the sounds of folders into the library."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from kikimimi.cli.options import JsonOption, LibraryOption, library_path, open_library
from kikimimi.cli.output import (
    duration_text,
    json_path,
    print_failure,
    print_json,
    print_message,
)
from kikimimi.cli.progress import busy, file_progress
from kikimimi.errors import QueryError
from kikimimi.library.library import Library
from kikimimi.library.records import IndexReport
from kikimimi.paths import display_path

_EXAMPLES = "Examples: kikimimi index ~/Sounds; kikimimi index --hash 64; kikimimi index --re-embed"


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("index", epilog=_EXAMPLES)(index)


def index(
    places: Annotated[
        list[Path] | None, typer.Argument(help="Folders and sound files.", show_default=False)
    ] = None,
    library: LibraryOption = None,
    encoder: Annotated[
        str | None, typer.Option(help="Encoder of a new library (see kikimimi models).")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes to use.", show_default="one a core")
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Read bad files again though unchanged.")
    ] = False,
    purge: Annotated[
        bool, typer.Option("--purge", help="Then delete the sounds whose files are gone.")
    ] = False,
    hash_bits: Annotated[
        int | None,
        typer.Option(
            "--hash", min=0, help="Search through binary codes of so many bits; 0: without."
        ),
    ] = None,
    re_embed: Annotated[
        bool,
        typer.Option(
            "--re-embed", help="Move the library to the --encoder, or to its own as it is now."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Scan, embed and tag the sounds under folders; only what is new or changed is read.

    Can be stopped at any time; the next run goes on from there.
    """
    path = library_path(library)
    if re_embed:
        if places or purge or retry_failed or hash_bits is not None:
            raise QueryError(
                "--re-embed is for all sounds of the library; give it alone or with --encoder and "
                "--workers"
            )
        _re_embed(path, encoder, workers, as_json=as_json)
        return
    if not places:
        if hash_bits is None or purge or retry_failed:
            raise QueryError("there is nothing to index; give folders or sound files")
        _change_search(path, hash_bits, as_json=as_json)
        return
    if library is None:
        path.parent.mkdir(exist_ok=True)
    with Library(path, encoder=encoder) as opened:
        try:
            with file_progress("Indexing") as progress:
                report = opened.index(
                    places,
                    workers=workers,
                    progress=progress,
                    retry_failed=retry_failed,
                    hash_bits=hash_bits,
                )
        except KeyboardInterrupt:
            print_message("stopped; what was indexed is kept, and the same command goes on")
            raise
        purged = opened.purge() if purge else 0
        codes = _codes(opened)
    _tell_report(report, path, purged, codes, as_json=as_json)


def _re_embed(path: Path, encoder: str | None, workers: int | None, *, as_json: bool) -> None:
    """Move a library to another encoder, without looking for new sounds."""
    with open_library(path) as opened:
        before = opened.hash_bits
        try:
            with file_progress("Embedding again") as progress:
                report = opened.re_embed(encoder=encoder, workers=workers, progress=progress)
        except KeyboardInterrupt:
            print_message("stopped; the library is as it was, and the same command goes on")
            raise
        codes = _codes(opened)
    if before and not codes["hash_bits"]:
        print_message(
            f"the encoder has no codes of {before} bits, so searches go without; switch them on "
            "again with --hash"
        )
    _tell_report(report, path, 0, codes, as_json=as_json)


def _tell_report(
    report: IndexReport, path: Path, purged: int, codes: dict[str, float], *, as_json: bool
) -> None:
    """Print what a run did; status 1 if some files failed."""
    for failure in report.failures:
        if as_json:
            print_json({"path": json_path(failure.path), "error": failure.reason})
        else:
            print_failure(failure.path, failure.reason)
    if as_json:
        summary = {key: value for key, value in asdict(report).items() if key != "failures"}
        print_json({**summary, "failed": len(report.failures), "purged": purged, **codes})
    else:
        print_message(_summary(report, path, purged))
        _tell_codes(codes)
    if report.failures:
        raise typer.Exit(1)


def _change_search(path: Path, hash_bits: int, *, as_json: bool) -> None:
    """Change how a library is searched, without looking at its folders."""
    with open_library(path) as opened:
        opened.use_hash(hash_bits)
        codes = _codes(opened)
    if as_json:
        print_json(codes)
    else:
        _tell_codes(codes)


def _codes(library: Library) -> dict[str, float]:
    """How searches go through binary codes; the codes are made if they are not there yet."""
    with busy("Making codes"):
        bits, recall = library.hash_bits, library.hash_recall()
    measured = asdict(recall) if recall is not None else {}
    return {"hash_bits": bits, **measured}


def _tell_codes(codes: dict[str, float]) -> None:
    if not codes["hash_bits"]:
        return
    told = (
        f"the {codes['candidates']} windows of the nearest codes hold {codes['recall']:.1%} of "
        "the 10 nearest"
        if "recall" in codes
        else "exact while the library is small"
    )
    print_message(f"searches go through codes of {codes['hash_bits']} bits: {told}")


def _summary(report: IndexReport, path: Path, purged: int) -> str:
    counts = {
        "added": report.added,
        "updated": report.updated,
        "moved": report.moved,
        "unchanged": report.unchanged,
        "missing": report.missing,
        "purged": purged,
        "failed": len(report.failures),
    }
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    rate = report.audio_seconds / report.seconds if report.seconds > 0 else 0.0
    speed = (
        f"; {duration_text(report.audio_seconds)} of sound in "
        f"{duration_text(report.seconds)}, {rate:.0f}x real time"
        if report.audio_seconds
        else ""
    )
    return f"{display_path(path)}: {told or 'no sounds found'}{speed}"
