"""Fitting taught tags to the examples that the library holds for them."""

import numpy as np
from sqlalchemy import Connection, select

from kikimimi.library.schema import taught_tags
from kikimimi.library.taught import applying, examples
from kikimimi.library.taught.background import Background
from kikimimi.library.taught.fitting import fit_head
from kikimimi.library.window_rows import read_vectors, window_table


def refit(connection: Connection, tag_id: int, background: Background) -> dict[int, float]:
    """Fit a tag to its examples and tag the library with it; the sounds that have it new."""
    size = background.vectors.shape[1]
    judged = examples.read_examples(connection, tag_id, size=size) if size else []
    wanted = [each.vectors for each in judged if each.wanted]
    unwanted = [each.vectors for each in judged if not each.wanted]
    head = fit_head(wanted, unwanted, background) if wanted else None
    examples.write_head(connection, tag_id, head)
    return applying.apply_to_library(connection, tag_id, head, background)


def refit_unfitted(connection: Connection) -> None:
    """Fit every tag that has an example with vectors, but no rule."""
    tag_ids = examples.unfitted_tags(connection)
    if tag_ids:
        background = windows_now(connection)
        for tag_id in tag_ids:
            refit(connection, tag_id, background)


def refit_all(connection: Connection) -> None:
    """Fit every tag to vectors that are all new."""
    tag_ids = list(connection.execute(select(taught_tags.c.tag_id)).scalars())
    if tag_ids:
        background = windows_now(connection)
        for tag_id in tag_ids:
            refit(connection, tag_id, background)


def windows_now(connection: Connection) -> Background:
    """The windows of the library as this transaction has them, past the cache of searches."""
    blocks = [*read_vectors(connection)]
    vectors = np.concatenate(blocks) if blocks else np.zeros((0, 0), dtype=np.float32)
    return Background(vectors, window_table(connection)[:, 1])
