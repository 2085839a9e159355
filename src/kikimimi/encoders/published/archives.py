"""Checkpoints that are published inside a zip archive."""

import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kikimimi.encoders.published.checkpoints import read_checkpoint
from kikimimi.errors import EncoderError
from kikimimi.paths import display_path


def read_zipped_checkpoint(path: Path) -> Mapping[str, Any]:
    """What the one `.pth` file in an archive holds, or the checkpoint at `path` if it is none.

    Raises:
        EncoderError: the archive is damaged or holds no such file or several; or as
            `read_checkpoint` does.
    """
    if path.suffix != ".zip":
        return read_checkpoint(path)
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
            inner = [entry for entry in archive.infolist() if entry.filename.endswith(".pth")]
            if len(inner) != 1:
                raise EncoderError(
                    f"{display_path(path)}: holds {len(inner)} .pth files instead of one; unpack "
                    "it and give the file"
                )
            unpacked = Path(folder) / "checkpoint.pth"
            with archive.open(inner[0]) as source, unpacked.open("wb") as target:
                shutil.copyfileobj(source, target)
            return read_checkpoint(unpacked)
    except (OSError, zipfile.BadZipFile) as error:
        raise EncoderError(
            f"{display_path(path)}: is damaged or no archive ({error}); delete it and get it again"
        ) from None
