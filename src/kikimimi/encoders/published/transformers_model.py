"""What the encoders that run through `transformers` have in common: the files of their models.

A model is a folder in Hugging Face layout (`config.json`, `model.safetensors` or
`pytorch_model.bin`, and the files of its tokeniser). Besides the places where any published weights
are looked for, the cache of `huggingface_hub` is. Nothing is fetched while loading, and no code
from the folder is run. Needs `transformers` (`pip install "kikimimi[text]"`).

Axes: B clips, T samples.
"""

import json
import pickle
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from kikimimi.encoders.published.encoder import PublishedEncoder
from kikimimi.encoders.published.fetching import ByteProgress, fetch
from kikimimi.encoders.published.locations import cache_folder
from kikimimi.errors import EncoderError
from kikimimi.paths import display_path
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from torch import Tensor, nn

CONFIG_NAME = "config.json"
FILE_NAMES = ("model.safetensors", "pytorch_model.bin")


class TransformersEncoder(PublishedEncoder):
    """An encoder whose network is a class of `transformers`.

    Subclasses give `card`, the names below, and what `Encoder` asks for.
    """

    other_file_names = FILE_NAMES
    hub_id: ClassVar[str]
    """Owner and name of the model on the hub."""
    companions: ClassVar[tuple[str, ...]]
    """Files that are fetched beside the weights, from the same address."""
    model_class: ClassVar[str]
    config_class: ClassVar[str]
    size_key: ClassVar[str]
    """The entry of `config.json` with the embedding size, if it is not the published one."""
    other_parts: ClassVar[tuple[str, ...]] = ()
    """Beginnings of the names of weights that this encoder does not use."""

    def __init__(self, weights: Path | None = None, *, fetch: bool = False) -> None:
        super().__init__(weights, fetch=fetch)
        if weights is not None:
            size = int(self._config_entry(self.size_key, self.card.embedding_size))
            self.card = replace(self.card, embedding_size=size)  # type: ignore[misc]

    @property
    def weights_path(self) -> Path | None:
        """The file that `load` would read; None if there is none here."""
        return super().weights_path or (self._in_hub_cache() if self._given is None else None)

    def fetch_weights(self, progress: ByteProgress | None = None) -> Path:
        """Fetch the published file and what belongs to it to the user's cache."""
        source, folder = self.card.source, cache_folder(self.card.name)
        base = source.url.removesuffix(source.file_name)
        for name in self.companions:
            fetch(replace(source, url=base + name, file_name=name), folder)
        return fetch(source, folder, progress=progress)

    def build(self) -> "nn.Module":
        """The network of the sizes in `config.json`, with random weights."""
        return getattr(import_transformers(), self.model_class)(self.model_config())

    def read(self, path: Path) -> Mapping[str, Any]:
        """The weights in the names of the installed `transformers`."""
        config = self.model_config()
        return self.read_model(path, self.model_class, self.other_parts, config).state_dict()

    def state_from_checkpoint(self, checkpoint: Mapping[str, Any]) -> "dict[str, Tensor]":
        """What `read` gave."""
        return dict(checkpoint)

    def default_config(self) -> dict[str, Any]:
        """What the published `config.json` says other than the class of the configuration."""
        return {}

    def model_config(self) -> Any:
        """The configuration beside the weights, or that of the published ones."""
        kind = getattr(import_transformers(), self.config_class)
        path = self.weights_path
        if path is None or not (path.parent / CONFIG_NAME).is_file():
            return kind(**self.default_config())
        with readable(path.parent):
            return kind.from_pretrained(path.parent, local_files_only=True)

    def read_model(
        self, path: Path, model_class: str, other_parts: tuple[str, ...], config: Any
    ) -> Any:
        """A model of `transformers` with the weights in `path`.

        Raises:
            EncoderError: the folder cannot be read, or is that of another model.
        """
        if path.name not in FILE_NAMES:
            raise EncoderError(
                f"{display_path(path)}: transformers reads weights only under the names "
                f"{' and '.join(FILE_NAMES)}; rename the file"
            )
        model = getattr(import_transformers(), model_class)
        with readable(path.parent), _quiet():
            read, report = model.from_pretrained(
                path.parent,
                config=config,
                local_files_only=True,
                output_loading_info=True,
                ignore_mismatched_sizes=True,
                use_safetensors=path.suffix == ".safetensors",
            )
        strange = [n for n in report["unexpected_keys"] if not n.startswith(other_parts)]
        resized = [str(entry[0]) for entry in report["mismatched_keys"]]
        _refuse(
            path,
            self.card.title,
            {
                "lacks": sorted(report["missing_keys"]),
                "has the unexpected": sorted(strange),
                "has in another shape": sorted(resized),
            },
        )
        return read.eval()

    def _config_entry(self, key: str, default: Any) -> Any:
        """One entry of the `config.json` beside the weights."""
        path = self.weights_path
        if path is None or not (path.parent / CONFIG_NAME).is_file():
            return default
        with readable(path.parent):
            text = (path.parent / CONFIG_NAME).read_text(encoding="utf-8")
            return dict(json.loads(text)).get(key, default)

    def _in_hub_cache(self) -> Path | None:
        from huggingface_hub import try_to_load_from_cache

        names = (*self.other_file_names, self.card.source.file_name)
        found = (try_to_load_from_cache(self.hub_id, name) for name in names)
        return next((Path(path) for path in found if isinstance(path, str)), None)


def import_transformers() -> Any:
    """The package.

    Raises:
        EncoderError: it is not installed.
    """
    try:
        import transformers
    except ImportError:
        raise EncoderError(
            'this encoder needs transformers; install it with pip install "kikimimi[text]"'
        ) from None
    return transformers


def cut_pieces(samples: FloatArray, *, length: int, hop: int) -> list[FloatArray]:
    """Stretches (B, <= length) of clips (B, T), one each `hop` samples until they end.

    What the last one adds to the one before is more than `length - hop` samples long.
    """
    count = max(1, -(-(samples.shape[1] - (length - hop)) // hop))
    return [samples[:, start : start + length] for start in range(0, count * hop, hop)]


def weighted_mean(parts: list[FloatArray], weights: list[int]) -> FloatArray:
    """Mean of arrays of one shape, each counting as much as its weight."""
    return np.average(parts, axis=0, weights=weights).astype(np.float32)


def _refuse(path: Path, model: str, complaints: Mapping[str, list[str]]) -> None:
    """Raise EncoderError if any list of names is not empty, naming the first of each."""
    found = [
        f"{verb} '{names[0]}'" + (f" and {len(names) - 1} more" if len(names) > 1 else "")
        for verb, names in complaints.items()
        if names
    ]
    if found:
        raise EncoderError(
            f"{display_path(path)}: is not a checkpoint of {model}: it {', '.join(found)}; give "
            "the file that the card names"
        )


@contextmanager
def readable(folder: Path) -> Iterator[None]:
    """Turn what `transformers` raises for a damaged folder into one line."""
    from safetensors import SafetensorError

    try:
        yield
    except (
        OSError, ValueError, KeyError, TypeError, RuntimeError, EOFError,
        SafetensorError, pickle.UnpicklingError,
    ) as error:  # fmt: skip
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise EncoderError(
            f"{display_path(folder)}: cannot be read as a transformers model ({reason}); give a "
            f"folder with {CONFIG_NAME} and {FILE_NAMES[0]}"
        ) from None


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars and reports of `transformers`, which this module replaces by its errors."""
    logging = import_transformers().utils.logging
    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
