"""Reading checkpoints without running anything that they hold, and fitting them to a network."""

import pickle
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from kikimimi.errors import EncoderError
from kikimimi.paths import display_path

if TYPE_CHECKING:
    from torch import Tensor, nn

_ENCODER_KEY = "kikimimi_encoder"


def read_checkpoint(path: Path) -> Mapping[str, Any]:
    """Tensors by name, or whatever else a published file has: safetensors, or torch's own format.

    torch's files are read with `weights_only=True`; NumPy arrays in them are let through.

    Raises:
        EncoderError: the file is missing, cut short, damaged, or holds code or objects.
    """
    reader = _read_safetensors if path.suffix == ".safetensors" else _read_torch
    try:
        checkpoint = reader(path)
    except OSError as error:
        raise EncoderError(
            f"{display_path(path)}: cannot be read ({error.strerror or error}); "
            "get the weights again"
        ) from None
    if not isinstance(checkpoint, Mapping):
        raise EncoderError(
            f"{display_path(path)}: holds a {type(checkpoint).__name__} instead of tensors by "
            "name; is it a checkpoint?"
        )
    return checkpoint


def tensors_in(checkpoint: Mapping[str, Any], *wrappers: str) -> dict[str, "Tensor"]:
    """The tensors of a checkpoint, which may stand under one of `wrappers` ("model", "state_dict").

    The prefix "module." that training on several devices leaves is taken off.
    """
    from torch import Tensor

    for wrapper in wrappers:
        inner = checkpoint.get(wrapper)
        if isinstance(inner, Mapping):
            checkpoint = inner
    return {
        name.removeprefix("module."): value
        for name, value in checkpoint.items()
        if isinstance(value, Tensor)
    }


def fit(network: "nn.Module", state: Mapping[str, "Tensor"], *, path: Path, model: str) -> None:
    """Fill `network` with `state`, which came from `path` and should be of `model`.

    Raises:
        EncoderError: tensors are missing, unexpected or of another shape; the first are named.
    """
    wanted = network.state_dict()
    complaints = [
        _listing("lacks", (name for name in wanted if name not in state)),
        _listing("has the unexpected", (name for name in state if name not in wanted)),
        _listing(
            "has in another shape",
            (
                f"{name} {tuple(value.shape)} for {tuple(wanted[name].shape)}"
                for name, value in state.items()
                if name in wanted and value.shape != wanted[name].shape
            ),
        ),
    ]
    found = [complaint for complaint in complaints if complaint]
    if found:
        raise EncoderError(
            f"{display_path(path)}: is not a checkpoint of {model}: it {', '.join(found)}; give "
            "the file that the card names"
        )
    network.load_state_dict(
        {name: value.to(wanted[name].dtype) for name, value in state.items()}, assign=True
    )


def converted_for(path: Path) -> str | None:
    """The encoder that a file was converted for by `save_converted`; None for any other file.

    Raises:
        EncoderError: it ends in `.safetensors` but is none.
    """
    if path.suffix != ".safetensors":
        return None
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            return (file.metadata() or {}).get(_ENCODER_KEY)
    except SafetensorError as error:
        raise _damaged(path, error) from None


def save_converted(path: Path, state: Mapping[str, "Tensor"], *, name: str, origin: str) -> None:
    """Write the state of encoder `name`'s network, which `origin` tells the source of."""
    from safetensors.torch import save

    from kikimimi.files import draft_of

    path.parent.mkdir(parents=True, exist_ok=True)
    tensors = {key: value.contiguous() for key, value in state.items()}
    with draft_of(path) as draft:
        draft.write_bytes(save(tensors, metadata={_ENCODER_KEY: name, "origin": origin}))


def _read_safetensors(path: Path) -> Any:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except SafetensorError as error:
        raise _damaged(path, error) from None


def _read_torch(path: Path) -> Any:
    with path.open("rb") as file:
        return _unpickle(file, path)


def _unpickle(file: BinaryIO, path: Path) -> Any:
    import torch

    try:
        with torch.serialization.safe_globals(_array_parts()):
            return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if "nsupported" not in str(error):
            raise _damaged(path, error) from None
        raise EncoderError(
            f"{display_path(path)}: holds code or objects besides tensors, which are never run "
            "or made; get the file that the card names"
        ) from None
    except (RuntimeError, EOFError, ValueError, KeyError, OSError) as error:
        raise _damaged(path, error) from None  # OSError: torch looks for parts beyond the end


def _array_parts() -> list[Any]:
    """What a pickled NumPy array consists of, under its names in NumPy 1 and 2."""
    import numpy as np

    reconstruct = np.empty(0).__reduce__()[0]
    scalar = np.float64(0).__reduce__()[0]
    dtypes = {type(np.dtype(code)) for code in "?bBhHiIlLqQefd"}
    return [
        np.ndarray,
        np.dtype,
        *dtypes,
        *((reconstruct, f"numpy.{core}.multiarray._reconstruct") for core in ("core", "_core")),
        *((scalar, f"numpy.{core}.multiarray.scalar") for core in ("core", "_core")),
    ]


def _damaged(path: Path, error: Exception) -> EncoderError:
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return EncoderError(
        f"{display_path(path)}: is damaged, cut short or no checkpoint ({reason}); delete it and "
        "get it again"
    )


def _listing(verb: str, names: Iterable[str]) -> str:
    first, *rest = [*names] or [""]
    more = f" and {len(rest)} more" if rest else ""
    return f"{verb} '{first}'{more}" if first else ""
