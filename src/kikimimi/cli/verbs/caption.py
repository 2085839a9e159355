"""`kikimimi caption`: one plain sentence for each sound."""

from pathlib import Path
from typing import Annotated

import typer

from kikimimi.cli.inputs import expand
from kikimimi.cli.options import JsonOption, LanguageOption, parse_language
from kikimimi.cli.output import json_path, print_failure, print_json, print_table, short_path
from kikimimi.cli.progress import file_progress
from kikimimi.encoders.registry import DEFAULT_ENCODER, load_encoder
from kikimimi.errors import AudioError, EncoderError, QueryError
from kikimimi.paths import display_path


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command(
        "caption", epilog="Example: kikimimi caption knock.wav; kikimimi caption ~/Sounds --json"
    )(caption)


def caption(
    files: Annotated[list[Path], typer.Argument(help="Sound files, or folders of them.")],
    encoder: Annotated[str, typer.Option(help="Encoder that hears the tags.")] = DEFAULT_ENCODER,
    model: Annotated[
        Path | None,
        typer.Option(help="Folder of a transformers language model that words the same facts."),
    ] = None,
    language: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Tell in one sentence what is heard, in English or Japanese."""
    from kikimimi.tasks.captioning.facts import sound_facts
    from kikimimi.tasks.captioning.language_model import LanguageModel
    from kikimimi.tasks.captioning.sentences import caption as plain_caption

    chosen = parse_language(language)
    told = plain_caption if model is None else LanguageModel(model.expanduser()).load().caption
    listener = load_encoder(encoder)
    if not listener.card.vocabulary:
        raise QueryError(f"the encoder '{encoder}' gives no tags; choose another")
    paths = expand(files)
    seconds, failed = 0.0, 0
    with file_progress("Listening") as progress:
        for done, path in enumerate(paths, start=1):
            try:
                facts = sound_facts(path, listener)
            except (AudioError, EncoderError) as error:
                print_failure(path, str(error).removeprefix(f"{display_path(path)}: "))
                failed += 1
            else:
                seconds += facts.duration_s
                sentence = told(facts, chosen)
                if as_json:
                    record = {"path": json_path(path), "caption": sentence, "language": chosen}
                    print_json({**record, "facts": facts.as_record(chosen)})
                else:
                    print_table(("path", "caption"), [(short_path(path), sentence)])
            progress(done, len(paths), path, seconds)
    if failed:
        raise typer.Exit(1)
