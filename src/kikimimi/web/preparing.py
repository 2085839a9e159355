"""What the first page will ask for, worked out before it does.

The first list of a library of 100,000 sounds takes a second, most of it to read what later lists
find in memory; a browser takes about as long to open the page.
"""

import logging

from kikimimi.errors import KikimimiError
from kikimimi.library.listing.request import ListRequest
from kikimimi.web.state import ServerState

logger = logging.getLogger(__name__)


def prepare(state: ServerState) -> None:
    """Make the list of all sounds and count within it, if there is a library."""
    try:
        library = state.library()
        if library.path.exists():
            library.lists.facets(library.lists.make(ListRequest()).key)
    except KikimimiError as error:
        logger.info("the library cannot be read now: %s", error)
