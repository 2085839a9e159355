"""Generators as folders: `config.json`, `model.safetensors`, `README.md` (the card).

One folder holds all parts of a generator; their weights stand in one file under the names of the
parts. A vocoder may lie beside them in the sub-folder `vocoder`.
"""

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from kikimimi.encoders.model_card import model_card
from kikimimi.encoders.weights import (
    CARD_NAME,
    CONFIG_NAME,
    WEIGHTS_NAME,
    load_weights,
    read_config,
    save_weights,
)
from kikimimi.errors import ConfigError, EncoderError, GenerationError
from kikimimi.files import draft_of
from kikimimi.generation.contract import Generator, GeneratorCard
from kikimimi.names import suggestion
from kikimimi.paths import display_path
from kikimimi.training.typed_values import build

if TYPE_CHECKING:
    from torch import nn

FORMAT = "kikimimi-generator-1"
VOCODER_FOLDER = "vocoder"

_PARTS = (CARD_NAME, WEIGHTS_NAME, CONFIG_NAME)
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*")
_MODULES = ("kikimimi.generation.vae.generator", "kikimimi.generation.flow.generator")
_KINDS: dict[str, type[Generator]] = {}

G = TypeVar("G", bound=type[Generator])


@dataclass(frozen=True, slots=True)
class GeneratorFacts:
    """What the card of a generator says beyond what its training tells."""

    name: str = "trained"
    licence: str = "not stated; whoever trained it decides"

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ConfigError(f"a generator's name has small letters, digits and ._-: {self.name}")


@dataclass(frozen=True, slots=True)
class GeneratorFolder:
    """What `config.json` of a generator says."""

    place: Path
    kind: str
    card: GeneratorCard
    options: Mapping[str, Any]
    """Sizes of the parts, by their names."""
    weights_sha256: str

    def load_parts(self, parts: "nn.Module") -> None:
        """Fill the parts with their weights.

        Raises:
            GenerationError: the weights are missing, damaged, or of other parts.
        """
        try:
            load_weights(self.place, parts, sha256=self.weights_sha256)
        except EncoderError as error:
            raise GenerationError(str(error)) from None


def register_kind(name: str) -> Callable[[G], G]:
    """Class decorator: open folders of this kind with the class, given a `GeneratorFolder`."""

    def add(generator: G) -> G:
        _KINDS[name] = generator
        return generator

    return add


def open_generator(folder: Path) -> Generator:
    """Construct the generator of a folder without loading its weights.

    Raises:
        GenerationError: there is none, or its configuration is damaged.
    """
    for module in _MODULES:
        import_module(module)
    read = read_generator_folder(folder)
    if read.kind not in _KINDS:
        raise GenerationError(
            f"{display_path(folder / CONFIG_NAME)}: there is no kind of generator '{read.kind}'; "
            f"{suggestion(read.kind, _KINDS)}"
        )
    kind: Callable[[GeneratorFolder], Generator] = _KINDS[read.kind]
    return kind(read)


def read_generator_folder(folder: Path) -> GeneratorFolder:
    """What stands in the `config.json` of a generator.

    Raises:
        GenerationError: there is none, or it is damaged.
    """
    place = folder.expanduser().absolute()
    where = display_path(place / CONFIG_NAME)
    if not (place / CONFIG_NAME).is_file():
        raise GenerationError(
            f"{display_path(folder)}: there is no generator; give the folder 'generator' of a "
            "training"
        )
    try:
        values = read_config(place)
        if values.get("format") != FORMAT:
            raise GenerationError(f"{where}: no generator of Kikimimi; give another folder")
        return GeneratorFolder(
            place=place,
            kind=str(values["kind"]),
            card=build(GeneratorCard, values["card"], where=where),
            options=dict(values["options"]),
            weights_sha256=str(values["weights_sha256"]),
        )
    except (KeyError, TypeError, ValueError, ConfigError, EncoderError) as error:
        raise GenerationError(f"{where}: damaged ({error}); train again, or get it again") from None


def save_generator(
    folder: Path,
    kind: str,
    card: GeneratorCard,
    options: Mapping[str, Any],
    parts: "nn.Module",
    *,
    facts: Mapping[str, str],
) -> None:
    """Write the folder of a generator, its weights in half precision.

    Args:
        folder: it need not exist.
        kind: as it was registered.
        card: what it says of itself.
        options: sizes of its parts, plain values.
        parts: all that has weights.
        facts: further rows of the card.

    Raises:
        OSError: the folder cannot be written.
    """
    tensors = {
        name: values.detach().cpu().half() if values.is_floating_point() else values.cpu()
        for name, values in parts.state_dict().items()
    }
    config = {"format": FORMAT, "kind": kind, "card": asdict(card), "options": dict(options)}
    save_weights(folder, tensors, config, card=_card_text(card, facts))


def attach_vocoder(generator: Path, vocoder: Path) -> None:
    """Lay a copy of a vocoder's folder beside a generator, so that one folder has all parts.

    Raises:
        GenerationError: a part of the vocoder is missing.
        OSError: the copy cannot be written.
    """
    target = generator / VOCODER_FOLDER
    missing = [name for name in _PARTS if not (vocoder / name).is_file()]
    if missing:
        raise GenerationError(
            f"{display_path(vocoder)}: there is no {missing[0]}; give the folder 'vocoder' of a "
            "training"
        )
    target.mkdir(parents=True, exist_ok=True)
    # the configuration comes last: a vocoder that has it is whole
    for name in _PARTS:
        with draft_of(target / name) as draft:
            shutil.copyfile(vocoder / name, draft)


def _card_text(card: GeneratorCard, facts: Mapping[str, str]) -> str:
    rows = {
        "method": card.title,
        "paper": card.paper,
        "training data": card.training_data,
        "licence of the weights": card.licence,
        "parameters": f"{card.parameters:,}",
        "latent": f"{card.latent_channels} channels every {card.latent_hop_s:g} s",
        "classes": ", ".join(card.classes) or "none",
        **facts,
    }
    about = "A generator of environmental sounds, trained with Kikimimi, at 16 kHz."
    return model_card(card.name, about, rows)
