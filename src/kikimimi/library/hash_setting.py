"""Whether searches of a library go through binary codes, and of how many bits."""

from sqlalchemy import Connection, delete, select

from kikimimi.library.changes import raise_revision
from kikimimi.library.schema import settings

_KEY = "hash_bits"
_IS_KEY = settings.c.key == _KEY


def read_hash_bits(connection: Connection) -> int:
    """The length of the codes; 0 when searches go without them."""
    value = connection.execute(select(settings.c.value).where(_IS_KEY)).scalar()
    return int(value) if value is not None and value.isdecimal() else 0


def write_hash_bits(connection: Connection, bits: int) -> None:
    """Remember the length of the codes, 0 to search without them.

    Every open index notices a change, because the revision is raised.
    """
    if bits == read_hash_bits(connection):
        return
    connection.execute(delete(settings).where(_IS_KEY))
    if bits:
        connection.execute(settings.insert(), {"key": _KEY, "value": str(bits)})
    raise_revision(connection)
