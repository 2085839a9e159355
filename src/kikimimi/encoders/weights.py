"""Weights of an encoder as a folder: `config.json`, `model.safetensors`, `README.md` (the card).

The layout is Hugging Face's. Nothing that is read can run code.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kikimimi.encoders.hash_projection import check_bits
from kikimimi.errors import EncoderError
from kikimimi.files import draft_of

if TYPE_CHECKING:
    from torch import Tensor, nn

CONFIG_NAME = "config.json"
WEIGHTS_NAME = "model.safetensors"
CARD_NAME = "README.md"


def embedded_folder(name: str) -> Path:
    """Folder of the weights that come with the package under `name`."""
    return Path(__file__).parent / "pretrained" / name


def read_config(folder: Path) -> dict[str, Any]:
    """Read `config.json`.

    Raises:
        EncoderError: it is missing or not a JSON object.
    """
    path = folder / CONFIG_NAME
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EncoderError(
            f"{path}: cannot be read ({error.strerror}); reinstall kikimimi, or give the folder "
            f"that holds {CONFIG_NAME} and {WEIGHTS_NAME}"
        ) from None
    except ValueError as error:
        raise EncoderError(f"{path}: is not JSON ({error}); get the weights again") from None
    if not isinstance(config, dict):
        raise EncoderError(f"{path}: is not a JSON object; get the weights again")
    return config


def read_hash_bits(folder: Path) -> tuple[int, ...]:
    """The lengths of binary code, ascending, that `config.json` lists; the weights hold
    `hash.<K>.weight` (K, D) and `hash.<K>.bias` (K,) for each.

    Raises:
        EncoderError: the list cannot be read or holds an impossible length.
    """
    listed = read_config(folder).get("hash_bits", [])
    if not isinstance(listed, list) or any(type(bits) is not int for bits in listed):
        raise EncoderError(
            f"{folder / CONFIG_NAME}: hash_bits must be a list of whole numbers; "
            "get the weights again"
        )
    for bits in listed:
        check_bits(bits)
    return tuple(sorted(set(listed)))


def weights_digest(folder: Path) -> str:
    """SHA-256 of the weights' file, in hexadecimal digits.

    Raises:
        EncoderError: the file cannot be read.
    """
    try:
        with (folder / WEIGHTS_NAME).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EncoderError(
            f"{folder / WEIGHTS_NAME}: cannot be read ({error.strerror}); get the weights again"
        ) from None


def load_weights(folder: Path, network: "nn.Module", *, sha256: str) -> None:
    """Fill `network` from `model.safetensors`, after checking its SHA-256.

    Raises:
        EncoderError: the file is missing, is not the one that `sha256` names, or does not fit.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    path = folder / WEIGHTS_NAME
    found = weights_digest(folder)
    if found != sha256:
        raise EncoderError(
            f"{path}: SHA-256 is {found[:12]}..., expected {sha256[:12]}...; get the weights again"
        )
    try:
        network.load_state_dict(load_file(path))
    except (SafetensorError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise EncoderError(f"{path}: does not fit the network ({reason})") from None


def save_weights(
    folder: Path, tensors: Mapping[str, "Tensor"], config: Mapping[str, Any], *, card: str
) -> None:
    """Write the three files; `config` receives the SHA-256 of the weights as `weights_sha256`."""
    from safetensors.torch import save

    folder.mkdir(parents=True, exist_ok=True)
    with draft_of(folder / WEIGHTS_NAME) as draft:
        draft.write_bytes(save({name: value.contiguous() for name, value in tensors.items()}))
    complete = {**config, "weights_sha256": weights_digest(folder)}
    text = json.dumps(complete, indent=2, ensure_ascii=False) + "\n"
    (folder / CONFIG_NAME).write_text(text, encoding="utf-8")
    (folder / CARD_NAME).write_text(card, encoding="utf-8")
