"""`kikimimi search`: sounds by example, words, tags and facts, in one ranked list."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, get_args

import typer

from kikimimi.audio.discovery import is_audio_path
from kikimimi.cli.options import (
    JsonOption,
    LanguageOption,
    LibraryOption,
    open_library,
    parse_language,
)
from kikimimi.cli.output import (
    duration_text,
    json_path,
    print_json,
    print_message,
    print_table,
    short_path,
    tag_text,
)
from kikimimi.cli.progress import busy
from kikimimi.encoders.vocabulary import Language
from kikimimi.errors import QueryError
from kikimimi.library.duplicates import DEFAULT_THRESHOLD
from kikimimi.library.example import Example, WeightedExample
from kikimimi.library.query import Filters, joined_filters, parse_duration, parse_sample_rate
from kikimimi.library.query_box import parse_box
from kikimimi.library.records import SoundTag
from kikimimi.library.search import Hit
from kikimimi.library.sense import understand
from kikimimi.library.space import Metric

_SHOWN_TAGS = 3

_EXAMPLES = (
    "Examples: kikimimi search knock.wav; kikimimi search 雨 屋根; kikimimi search 'a heavy door "
    "slams'; "
    "kikimimi search knock.wav door --tag dog --duration '<3'; "
    "kikimimi search 'dog tag:animal dur:<3'; "
    "kikimimi search rain.wav --plus thunder.wav --minus birds.wav"
)


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("search", epilog=_EXAMPLES)(search)


def search(
    query: Annotated[
        list[str] | None,
        typer.Argument(
            help='A sound file, words, or both. Words: comma OR, -NOT, "phrase"; also tag:dog, '
            "-tag:rain, dur:2-10, folder:, rate:, ch:, format:, lufs:, like:#12."
        ),
    ] = None,
    sound_id: Annotated[
        int | None, typer.Option("--id", help="A sound of the library as the example.")
    ] = None,
    start: Annotated[float, typer.Option(min=0, help="Start of the example, s.")] = 0.0,
    end: Annotated[
        float | None, typer.Option(min=0, help="End of the example, s.", show_default="its end")
    ] = None,
    plus: Annotated[
        list[str] | None, typer.Option(help="A further example to be like: a file or an id.")
    ] = None,
    minus: Annotated[
        list[str] | None, typer.Option(help="An example to be unlike: a file or an id.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only sounds with this tag.")] = None,
    without_tag: Annotated[list[str] | None, typer.Option(help="Only sounds without it.")] = None,
    duration: Annotated[str | None, typer.Option(help="Seconds: 2-10, '<3', '>60' or 5.")] = None,
    file_format: Annotated[
        list[str] | None, typer.Option("--format", help="wav, flac, ogg, mp3 ...")
    ] = None,
    rate: Annotated[list[str] | None, typer.Option(help="Sample rate: 48000 or 44.1k.")] = None,
    channels: Annotated[list[int] | None, typer.Option(min=1, help="Number of channels.")] = None,
    folder: Annotated[list[str] | None, typer.Option(help="Only sounds below it.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-k", "-n", min=1, help="How many.")] = 10,
    metric: Annotated[str, typer.Option(help="euclidean or cosine.")] = "euclidean",
    pca: Annotated[
        int | None, typer.Option(min=1, help="Compare in this many principal components.")
    ] = None,
    duplicates: Annotated[
        bool, typer.Option("--duplicates", help="Instead, group sounds that are nearly equal.")
    ] = False,
    threshold: Annotated[
        float, typer.Option(min=0, help="Largest cosine distance of duplicates.")
    ] = DEFAULT_THRESHOLD,
    language: LanguageOption = "",
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find sounds: by example (nearest first), by words, by tags and facts, or by all together."""
    if duplicates:
        _show_duplicates(library, threshold, as_json=as_json)
        return
    chosen = parse_language(language)
    chosen_metric = _metric(metric)
    example, line = _split(query or [], sound_id)
    box = parse_box(line)
    low, high = parse_duration(duration) if duration else (None, None)
    options = Filters(
        tags=tuple(tag or ()),
        without_tags=tuple(without_tag or ()),
        min_duration_s=low,
        max_duration_s=high,
        formats=tuple(file_format or ()),
        sample_rates_hz=tuple(parse_sample_rate(each) for each in rate or ()),
        channels=tuple(channels or ()),
        folders=tuple(folder or ()),
    )
    filters, words = joined_filters(box.filters, options), box.text
    like = [
        *(() if example is None else (Example(example, start_s=start, end_s=end),)),
        *box.like,
        *(WeightedExample(Example(_sound(text))) for text in plus or ()),
        *(WeightedExample(Example(_sound(text)), -1) for text in minus or ()),
    ]
    if not like and not words and filters == Filters():
        raise QueryError("there is nothing to search for; give a sound file, words or a filter")
    with open_library(library) as opened, busy("Searching"):
        hits = opened.search(
            words,
            like=like or None,
            filters=filters,
            metric=chosen_metric,
            pca=pca,
            limit=limit,
        )
    unknown = understand(words).unknown if words else ()
    show_hits(hits, chosen, as_json=as_json, unknown=unknown)


def show_hits(
    hits: Sequence[Hit], language: Language, *, as_json: bool, unknown: Sequence[str] = ()
) -> None:
    """Print a ranked list: a table, or a JSON line for each hit.

    `unknown` are words of the query that a search by sense did not understand.
    """
    by_sense = any(hit.found_by == "sense" for hit in hits)
    if unknown and by_sense:
        print_message(f"not understood: {', '.join(unknown)}; looked for as words only")
    if as_json:
        for hit in hits:
            record = _record(hit)
            print_json({**record, "not_understood": list(unknown)} if unknown else record)
        return
    columns = ("rank", "distance", "length", "sound", "tags")
    print_table(columns, (_row(hit, language) for hit in hits), right=columns[:3])
    if not hits:
        print_message("nothing found; try fewer words or filters")


def _show_duplicates(library: Path | None, threshold: float, *, as_json: bool) -> None:
    with open_library(library) as opened, busy("Comparing"):
        groups = opened.duplicates(threshold=threshold)
    if as_json:
        for group in groups:
            paths = [json_path(sound.path) for sound in group.sounds]
            distance = round(group.distance, 6)
            print_json({"exact": group.exact, "distance": distance, "paths": paths})
        return
    rows = [
        (
            str(number),
            "exact" if group.exact else f"{group.distance:.4f}",
            duration_text(sound.duration_s),
            short_path(sound.path),
        )
        for number, group in enumerate(groups, start=1)
        for sound in group.sounds
    ]
    print_table(("group", "distance", "length", "sound"), rows, right=("group", "length"))
    print_message(f"{len(groups)} groups of sounds that are equal or nearly so")


def _split(query: Sequence[str], sound_id: int | None) -> tuple[Path | int | None, str]:
    """Tell the example from the words."""
    files = [text for text in query if _is_file(text)]
    if len(files) + (sound_id is not None) > 1:
        raise QueryError("there is more than one example; give one sound file or one --id")
    words = " ".join(text for text in query if text not in files)
    if files:
        return Path(files[0]).expanduser(), words
    return sound_id, words


def _sound(text: str) -> Path | int:
    """A sound file, or the id of a sound of the library."""
    if text.removeprefix("#").isdecimal() and not Path(text).exists():
        return int(text.removeprefix("#"))
    return Path(text).expanduser()


def _is_file(text: str) -> bool:
    path = Path(text).expanduser()
    try:
        found = path.is_file()
    except OSError:  # a text too long to be a name
        return False
    if not found and is_audio_path(path) and " " not in text:
        raise QueryError(f"there is no sound file {text!r}; check the path, or quote it as words")
    return found


def _metric(text: str) -> Metric:
    metrics: dict[str, Metric] = {metric: metric for metric in get_args(Metric)}
    if text not in metrics:
        raise QueryError(f"there is no metric {text!r}; use {' or '.join(metrics)}")
    return metrics[text]


def _record(hit: Hit) -> dict[str, object]:
    return {
        "rank": hit.rank,
        "path": json_path(hit.path),
        "start": round(hit.start_s, 3),
        "end": round(hit.end_s, 3),
        "distance": round(hit.distance, 6),
        "found_by": hit.found_by,
        "tags": [
            {"name": tag.name, "score": round(tag.score, 4), "source": tag.source}
            for tag in hit.tags
        ],
    }


def _row(hit: Hit, language: Language) -> tuple[str, ...]:
    stretch = f" @ {duration_text(hit.start_s)}" if hit.start_s > 0 else ""
    tags = "; ".join(_shown_tag(tag, language) for tag in hit.tags[:_SHOWN_TAGS])
    return (
        str(hit.rank),
        f"{hit.distance:.3f}",
        duration_text(hit.end_s - hit.start_s),
        short_path(hit.path) + stretch,
        tags,
    )


def _shown_tag(tag: SoundTag, language: Language) -> str:
    name = tag_text(tag.name, language)
    return f"{name} (taught, {tag.score:.2f})" if tag.source == "taught" else name
