"""Convert a published checkpoint once to safetensors, where the encoder then finds it.

    python -m kikimimi.encoders.published.convert yamnet yamnet.tflite

The result is `converted.safetensors` in `$KIKIMIMI_WEIGHTS/<encoder>/`, in the user's cache if the
variable is not set, or in the folder given with `--out`.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from kikimimi.encoders.published.checkpoints import save_converted
from kikimimi.encoders.published.digests import file_digest
from kikimimi.encoders.published.encoder import PublishedEncoder
from kikimimi.encoders.published.locations import CONVERTED_NAME, folder_to_write
from kikimimi.encoders.registry import create_encoder
from kikimimi.errors import EncoderError, KikimimiError
from kikimimi.paths import display_path


def convert(name: str, checkpoint: Path, folder: Path | None = None) -> Path:
    """Convert `checkpoint` for encoder `name`.

    Returns:
        The file that was written.

    Raises:
        EncoderError: the encoder is unknown or has no published weights, or the checkpoint cannot
            be read or is of another model.
    """
    encoder = create_encoder(name)
    if not isinstance(encoder, PublishedEncoder):
        raise EncoderError(f"encoder '{name}' has no published weights to convert")
    target = (folder or folder_to_write(name)) / CONVERTED_NAME
    origin = f"{checkpoint.name} sha256:{file_digest(checkpoint)}"
    save_converted(target, encoder.converted_state(checkpoint), name=name, origin=origin)
    return target


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if the file was written, 2 if it could not be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("encoder", help="name of the encoder, as in `kikimimi models`")
    parser.add_argument("checkpoint", type=Path, help="the published file")
    parser.add_argument("--out", type=Path, help="folder to write to")
    options = parser.parse_args(arguments)
    try:
        target = convert(options.encoder, options.checkpoint, options.out)
    except KikimimiError as error:
        print(f"kikimimi: {error}", file=sys.stderr)
        return 2
    print(display_path(target))
    return 0


if __name__ == "__main__":
    sys.exit(main())
