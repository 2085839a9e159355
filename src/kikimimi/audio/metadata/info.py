"""LIST INFO chunks of WAV files: names of the fields, and chunks to write.

Layout: Microsoft, "Multimedia programming interface and data specifications 1.0", 1991, chapter 2.
"""

import struct
from collections.abc import Mapping
from io import BytesIO

from kikimimi.audio.kept_chunks import KeptChunks
from kikimimi.audio.riff import Chunk
from kikimimi.errors import AudioError
from kikimimi.names import suggestion

INFO_NAMES = {
    b"INAM": "title",
    b"IART": "artist",
    b"IPRD": "product",
    b"ICMT": "comment",
    b"ICRD": "date",
    b"IGNR": "genre",
    b"IKEY": "keywords",
    b"ISBJ": "subject",
    b"ISRC": "source",
    b"IENG": "engineer",
    b"ITCH": "technician",
    b"ICOP": "copyright",
    b"ISFT": "software",
    b"ITRK": "track",
}
"""What the fields are called here."""


def info_chunks(texts: Mapping[str, str]) -> KeptChunks:
    """A LIST INFO chunk with these texts in UTF-8, to stand before the samples.

    Args:
        texts: by names of `INFO_NAMES`; a zero byte would end a text and is left out.

    Raises:
        AudioError: there is no such field.
    """
    identifiers = {name: identifier for identifier, name in INFO_NAMES.items()}
    fields = []
    for name, text in texts.items():
        if name not in identifiers:
            raise AudioError(f"INFO has no field '{name}'; {suggestion(name, identifiers)}")
        value = text.replace("\0", "").encode("utf-8", "replace") + b"\0"
        head = identifiers[name] + struct.pack("<I", len(value))
        fields.append(head + value + b"\0" * (len(value) % 2))
    payload = b"INFO" + b"".join(fields)
    chunk = Chunk(b"LIST", 0, len(payload), len(payload))
    return KeptChunks(BytesIO(payload), before=(chunk,))
