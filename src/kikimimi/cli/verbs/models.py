"""`kikimimi models`: the encoders and their weights, and the networks that can be trained."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from kikimimi.cli.options import JsonOption
from kikimimi.cli.output import print_json, print_message, print_table
from kikimimi.cli.progress import byte_progress
from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.published.encoder import PublishedEncoder
from kikimimi.encoders.registry import create_encoder, encoder_names
from kikimimi.errors import EncoderError
from kikimimi.paths import display_path


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("models", epilog="Example: kikimimi models --fetch yamnet")(models)


def models(
    name: Annotated[str | None, typer.Argument(help="Show all that is known of this one.")] = None,
    networks: Annotated[
        bool, typer.Option("--networks", help="List what `kikimimi train` can train instead.")
    ] = False,
    detectors: Annotated[
        bool, typer.Option("--detectors", help="List what `kikimimi detect` can hear with instead.")
    ] = False,
    fetch: Annotated[
        str | None,
        typer.Option(
            "--fetch", metavar="NAME", help="Fetch the published weights of this encoder, once."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the encoders: size, rate, licence, and whether their weights are here."""
    if networks:
        _list_networks(as_json=as_json)
    elif detectors:
        _list_detectors(as_json=as_json)
    elif fetch:
        _fetch(fetch, as_json=as_json)
    elif name:
        _show(create_encoder(name), as_json=as_json)
    else:
        _list([create_encoder(each) for each in encoder_names()], as_json=as_json)


def _list(encoders: list[Encoder], *, as_json: bool) -> None:
    if as_json:
        for encoder in encoders:
            print_json(_record(encoder))
        return
    numbers = ("dimensions", "parameters", "rate Hz", "window s")
    columns = ("name", *numbers, "weights", "licence", "title")
    print_table(columns, map(_row, encoders), right=numbers)


def _show(encoder: Encoder, *, as_json: bool) -> None:
    if as_json:
        print_json(_record(encoder) | {"layers": encoder.layer_names})
    else:
        print_table(("field", "value"), _facts(encoder))


def _fetch(name: str, *, as_json: bool) -> None:
    encoder = create_encoder(name)
    if not isinstance(encoder, PublishedEncoder):
        raise EncoderError(f"encoder '{name}' has no published weights to fetch; it needs none")
    source = encoder.card.source
    print_message(f"{source.file_name} from {source.url} (licence: {encoder.card.licence})")
    with byte_progress(f"Fetching {name}") as progress:
        path = encoder.fetch_weights(progress)
    if as_json:
        print_json({"name": name, "weights_path": str(path)})
    else:
        print(display_path(path))


def _list_networks(*, as_json: bool) -> None:
    """Names of the architectures, what they hear, their papers and the sizes one may set."""
    from kikimimi.networks.registry import network_names, network_type

    types = {name: network_type(name) for name in network_names()}
    if as_json:
        for name, network in types.items():
            options = asdict(network.Config())
            hears = network.input_kind
            print_json({"name": name, "hears": hears, "paper": network.paper, "options": options})
        return
    rows = [(name, network.input_kind, network.paper) for name, network in types.items()]
    print_table(("network", "hears", "paper"), rows)


def _list_detectors(*, as_json: bool) -> None:
    """The detectors by name, the default one first."""
    from kikimimi.encoders.detection.registry import create_detector, detector_names

    cards = {name: create_detector(name).card for name in detector_names()}
    if as_json:
        for name, card in cards.items():
            print_json(asdict(card) | {"name": name})
        return
    numbers = ("events", "frame s", "rate Hz")
    rows = [
        (
            *(name, str(len(card.classes)), f"{card.frame_hop_s:g}", str(card.sample_rate_hz)),
            *(card.licence, card.title),
        )
        for name, card in cards.items()
    ]
    print_table(("name", *numbers, "licence", "title"), rows, right=numbers)


def _record(encoder: Encoder) -> dict[str, Any]:
    path = encoder.weights_path if isinstance(encoder, PublishedEncoder) else None
    here = {"weights_are_here": encoder.weights_are_here, "weights_path": path and str(path)}
    return asdict(encoder.card) | here


def _row(encoder: Encoder) -> tuple[str, ...]:
    card = encoder.card
    return (
        card.name,
        str(card.embedding_size),
        _parameters(encoder),
        str(card.sample_rate_hz),
        f"{card.window_s:g}",
        _weights(encoder),
        card.licence,
        card.title,
    )


def _facts(encoder: Encoder) -> list[tuple[str, str]]:
    card = encoder.card
    tags = f"{len(card.vocabulary)}" if card.vocabulary else "none"
    return [
        ("name", card.name),
        ("title", card.title),
        ("paper", card.paper),
        ("licence", card.licence),
        ("training data", card.training_data),
        ("parameters", _parameters(encoder)),
        ("weights", _weights(encoder)),
        *_origin(encoder),
        ("sample rate", f"{card.sample_rate_hz} Hz"),
        ("embedding size", str(card.embedding_size)),
        ("window", f"{card.window_s:g} s"),
        ("frame hop", f"{card.frame_hop_s:g} s"),
        ("tags", tags),
        ("layers", ", ".join(encoder.layer_names) or "none"),
    ]


def _origin(encoder: Encoder) -> list[tuple[str, str]]:
    """Where published weights lie, and where they come from."""
    if not isinstance(encoder, PublishedEncoder):
        return []
    path, source = encoder.weights_path, encoder.card.source
    place = [("weights file", display_path(path))] if path else []
    return [*place, ("published as", f"{source.file_name}, {source.url}")]


def _parameters(encoder: Encoder) -> str:
    return f"{encoder.card.parameters:,}" if encoder.card.parameters else "-"


def _weights(encoder: Encoder) -> str:
    if encoder.card.embedded:
        return "in the package"
    if encoder.weights_are_here:
        return "here"
    published = not isinstance(encoder, PublishedEncoder) or encoder.is_published
    return "to be fetched" if published else "not published"
