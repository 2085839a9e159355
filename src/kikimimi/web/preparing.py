"""What the first page will ask for, worked out before it does.

The first list of a library of 100,000 sounds takes a second, and the values of the space nearly
two, most of it to read what later calls find in memory; a browser takes about as long to open the
page.
"""

import logging

from kikimimi.errors import KikimimiError
from kikimimi.library.library import Library
from kikimimi.library.listing.request import ListRequest
from kikimimi.web.state import ServerState

logger = logging.getLogger(__name__)


def prepare(state: ServerState) -> None:
    """Make the list of all sounds, count within it and read the space, if there is a library."""
    try:
        library = state.library()
        if library.path.exists():
            library.lists.facets(library.lists.make(ListRequest()).key)
            _read_space(state, library)
    except KikimimiError as error:
        logger.info("the library cannot be read now: %s", error)


def _read_space(state: ServerState, library: Library) -> None:
    """What the space shows at first, where it is laid out already."""
    state.space.frequent_tags(1)
    if library.layouts.info("pca") is not None:
        state.space.columns(["pca.1"])
