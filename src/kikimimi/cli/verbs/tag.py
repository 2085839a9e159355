"""`kikimimi tag`: what sounds are of, as told by the encoder and by the user."""

from pathlib import Path
from typing import Annotated

import typer

from kikimimi.cli.classifying import classify
from kikimimi.cli.inputs import embed_files, expand
from kikimimi.cli.labelling import tell_labels
from kikimimi.cli.options import JsonOption, LanguageOption, LibraryOption, open_library
from kikimimi.cli.options import parse_language as parse
from kikimimi.cli.output import (
    json_path,
    print_json,
    print_message,
    print_table,
    short_path,
    tag_text,
)
from kikimimi.encoders.file_embedding import auto_tags
from kikimimi.encoders.registry import DEFAULT_ENCODER, load_encoder
from kikimimi.encoders.vocabulary import Language
from kikimimi.errors import QueryError
from kikimimi.types import Tag

_EXAMPLES = (
    "Examples: kikimimi tag knock.wav; kikimimi tag knock.wav --add door; "
    "kikimimi tag knock.wav --labels 'knock, footsteps, 雨'"
)


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("tag", epilog=_EXAMPLES)(tag)


def tag(
    files: Annotated[list[Path], typer.Argument(help="Sound files, or folders of them.")],
    add: Annotated[
        list[str] | None, typer.Option("--add", help="Give the sounds of the library this tag.")
    ] = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", help="Take this tag from them.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", "-k", "-n", min=1, help="Tags for each sound.")
    ] = 5,
    encoder: Annotated[str, typer.Option(help="Encoder that hears the tags.")] = DEFAULT_ENCODER,
    classifier: Annotated[
        Path | None, typer.Option(help="Tell the classes of a transfer run instead.")
    ] = None,
    labels: Annotated[
        str | None, typer.Option(help="Tell which of these words fit best: 'dog, electric car'.")
    ] = None,
    language: LanguageOption = "",
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell the tags of sound files; with --add or --remove, edit the tags in the library."""
    chosen = parse(language)
    if labels is not None and (add or remove or classifier is not None):
        raise QueryError("--labels cannot be joined with --add, --remove or --classifier")
    if add or remove:
        _edit(files, add or [], remove or [], library)
    elif labels is not None:
        if not tell_labels(files, labels, encoder, limit, as_json=as_json):
            raise typer.Exit(1)
    elif classifier is not None:
        if not classify(files, classifier, limit, as_json=as_json):
            raise typer.Exit(1)
    elif not _tell(files, limit, encoder, chosen, as_json=as_json):
        raise typer.Exit(1)


def _tell(
    files: list[Path], limit: int, encoder_name: str, language: Language, *, as_json: bool
) -> bool:
    """Print the automatic tags of each file; return whether all could be read."""
    encoder = load_encoder(encoder_name)
    if not encoder.card.vocabulary:
        raise QueryError(f"the encoder '{encoder_name}' gives no tags; choose another")
    paths = expand(files)
    read = 0
    for path, embedded in embed_files(paths, encoder, label="Tagging"):
        read += 1
        tags = auto_tags(embedded.tag_scores, encoder.card.vocabulary)[:limit]
        if as_json:
            listed = [{"name": each.name, "score": round(each.score, 4)} for each in tags]
            print_json({"path": json_path(path), "tags": listed})
        else:
            print_table(("path", "tags"), [(short_path(path), _tags_text(tags, language))])
    return read == len(paths)


def _tags_text(tags: tuple[Tag, ...], language: Language) -> str:
    return "; ".join(f"{tag_text(each.name, language)} {each.score:.2f}" for each in tags)


def _edit(files: list[Path], add: list[str], remove: list[str], library: Path | None) -> None:
    with open_library(library) as opened:
        for name in add:
            print_message(f"{name}: given to {opened.add_tag(files, name)}")
        for name in remove:
            print_message(f"{name}: taken from {opened.remove_tag(files, name)}")
