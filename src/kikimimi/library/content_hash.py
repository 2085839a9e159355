"""By what a library knows the content of a file."""

import hashlib
from pathlib import Path

_HASH_BYTES = 16
_BLOCK_BYTES = 1 << 20


def hash_file(path: Path) -> str:
    """BLAKE2b-128 of the bytes of a file, in hexadecimal digits.

    Raises:
        OSError: the file cannot be read.
    """
    digest = hashlib.blake2b(digest_size=_HASH_BYTES)
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
