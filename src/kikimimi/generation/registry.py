"""Generators and vocoders by name: those that come with the package, and folders of trainings.

What comes with the package lies in `kikimimi/generation/pretrained`, one folder each.
"""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from kikimimi.encoders.weights import CONFIG_NAME
from kikimimi.errors import GenerationError
from kikimimi.generation import folder as folders
from kikimimi.generation.contract import Generator
from kikimimi.generation.griffin_lim import GriffinLim
from kikimimi.generation.vocoder import neural
from kikimimi.generation.vocoder.contract import Vocoder
from kikimimi.names import suggestion
from kikimimi.paths import display_path

DEFAULT_GENERATOR = "kikimimi-generator"
"""The generator that is taken where none is named, if it comes with the package."""

HOW_TO_TRAIN = (
    "train one with 'kikimimi train generate_vae --data SOUNDS --run RUN' and give its folder "
    "RUN/generator"
)

_SHIPPED = Path(__file__).parent / "pretrained"
_WITHOUT_WEIGHTS: Mapping[str, Callable[[], Vocoder]] = {
    "griffin_lim_32": GriffinLim,
    "griffin_lim_100": lambda: GriffinLim(iterations=100),
}


def generator_names() -> list[str]:
    """Names of the generators that come with the package, the default one first."""
    names = _shipped(folders.FORMAT)
    return sorted(names, key=lambda name: (name != DEFAULT_GENERATOR, name))


def vocoder_names() -> list[str]:
    """Names of the vocoders that come with the package, the trained ones first."""
    return [*sorted(_shipped(neural.FORMAT)), *_WITHOUT_WEIGHTS]


def create_generator(name: str | None = None) -> Generator:
    """Construct a generator without loading its weights.

    Args:
        name: of one that comes with the package, or the folder of a training: whatever has a slash
            in it or is a folder; None for the default one.

    Raises:
        GenerationError: there is none of this name or in this folder, or it is damaged.
    """
    names = generator_names()
    if name is None:
        if not names:
            raise GenerationError(f"no generator comes with this Kikimimi; {HOW_TO_TRAIN}")
        name = names[0]
    if name in names:
        return folders.open_generator(_SHIPPED / name)
    if _is_folder(name):
        return folders.open_generator(Path(name))
    hint = suggestion(name, names) if names else f"none comes with this Kikimimi; {HOW_TO_TRAIN}"
    raise GenerationError(f"there is no generator '{name}'; {hint}")


def create_vocoder(name: str) -> Vocoder:
    """Construct a vocoder without loading its weights.

    Args:
        name: of one that comes with the package, or the folder of a training.

    Raises:
        GenerationError: there is none of this name or in this folder, or it is damaged.
    """
    if name in _WITHOUT_WEIGHTS:
        return _WITHOUT_WEIGHTS[name]()
    if name in _shipped(neural.FORMAT):
        return neural.NeuralVocoder(_SHIPPED / name)
    if _is_folder(name):
        return neural.NeuralVocoder(Path(name))
    raise GenerationError(f"there is no vocoder '{name}'; {suggestion(name, vocoder_names())}")


def vocoder_of(generator: Generator) -> Vocoder:
    """The vocoder beside a generator, else one that comes with the package, Griffin-Lim at last.

    Raises:
        GenerationError: the vocoder beside it is damaged.
    """
    place = getattr(generator, "folder", None)
    if isinstance(place, folders.GeneratorFolder):
        beside = place.place / folders.VOCODER_FOLDER
        if (beside / CONFIG_NAME).is_file():
            return neural.NeuralVocoder(beside)
    return create_vocoder(vocoder_names()[0])


def _shipped(wanted: str) -> list[str]:
    """The folders whose configuration has this format."""
    return [path.parent.name for path in _SHIPPED.glob(f"*/{CONFIG_NAME}") if _has(path, wanted)]


def _has(path: Path, wanted: str) -> bool:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GenerationError(
            f"{display_path(path)}: damaged ({error}); reinstall kikimimi"
        ) from None
    return isinstance(values, dict) and values.get("format") == wanted


def _is_folder(name: str) -> bool:
    return any(mark in name for mark in ("/", os.sep)) or Path(name).expanduser().is_dir()
