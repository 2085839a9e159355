"""`kikimimi models`: the encoders, and the networks that can be trained."""

from dataclasses import asdict
from typing import Annotated

import typer

from kikimimi.cli.options import JsonOption
from kikimimi.cli.output import print_json, print_table
from kikimimi.encoders.contract import EncoderCard
from kikimimi.encoders.registry import create_encoder, encoder_names


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("models", epilog="Example: kikimimi models kikimimi")(models)


def models(
    name: Annotated[str | None, typer.Argument(help="Show all that is known of this one.")] = None,
    networks: Annotated[
        bool, typer.Option("--networks", help="List what `kikimimi train` can train instead.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List the encoders: size, rate, licence, and whether their weights are here."""
    if networks:
        _list_networks(as_json=as_json)
        return
    cards = [create_encoder(each).card for each in ([name] if name else encoder_names())]
    if as_json:
        for card in cards:
            print_json(asdict(card))
    elif name:
        print_table(("field", "value"), _facts(cards[0]))
    else:
        columns = ("name", "dimensions", "rate Hz", "window s", "weights", "licence", "title")
        print_table(columns, map(_row, cards), right=("dimensions", "rate Hz", "window s"))


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


def _row(card: EncoderCard) -> tuple[str, ...]:
    return (
        card.name,
        str(card.embedding_size),
        str(card.sample_rate_hz),
        f"{card.window_s:g}",
        _weights(card),
        card.licence,
        card.title,
    )


def _facts(card: EncoderCard) -> list[tuple[str, str]]:
    tags = f"{len(card.vocabulary)}" if card.vocabulary else "none"
    return [
        ("name", card.name),
        ("title", card.title),
        ("paper", card.paper),
        ("licence", card.licence),
        ("training data", card.training_data),
        ("weights", _weights(card)),
        ("sample rate", f"{card.sample_rate_hz} Hz"),
        ("embedding size", str(card.embedding_size)),
        ("window", f"{card.window_s:g} s"),
        ("frame hop", f"{card.frame_hop_s:g} s"),
        ("tags", tags),
    ]


def _weights(card: EncoderCard) -> str:
    return "in the package" if card.embedded else "to be fetched"
