"""Making the layouts that a space shows."""

import logging
import threading

from kikimimi.errors import KikimimiError
from kikimimi.library.layouts.neighbourhood import umap_is_installed
from kikimimi.library.layouts.records import LEAST_FITTED, LayoutInfo, LayoutKind
from kikimimi.library.library import Library
from kikimimi.library.window_rows import raw_rows
from kikimimi.web.space.describing import describer

logger = logging.getLogger(__name__)

_MOST_AT_ONCE = 5000
"""Independent components of more sounds take seconds, for which no request waits."""
_COMPONENTS: tuple[LayoutKind, ...] = ("pca", "ica")

_COUNT = "SELECT count(DISTINCT sound_id) FROM windows"
_FITTING = threading.Lock()


def ensure_layout(library: Library, kind: LayoutKind) -> LayoutInfo | None:
    """The layout of a library, made now if that is quick; None if it has to be asked for."""
    info = library.layouts.info(kind)
    if info is not None or kind == "umap" or library.database.read_only:
        return info
    count = _sound_count(library)
    if count < LEAST_FITTED or (kind == "ica" and count > _MOST_AT_ONCE):
        return None
    return _fit_once(library, kind)


def make_components(library: Library) -> None:
    """Fit the layouts that a library of any size can have, as far as it has none.

    Done after indexing, so that nobody waits when the space is opened for the first time. What goes
    wrong is logged: the sounds are in the library all the same.
    """
    if library.database.read_only or _sound_count(library) < LEAST_FITTED:
        return
    for kind in _COMPONENTS:
        try:
            _fit_once(library, kind)
        except KikimimiError as error:
            logger.warning("the layout %s was not made: %s", kind, error)


def _sound_count(library: Library) -> int:
    with library.database.reading() as connection:
        ((count,),) = raw_rows(connection, _COUNT)
    return int(count)


def _fit_once(library: Library, kind: LayoutKind) -> LayoutInfo:
    with _FITTING:
        return library.layouts.info(kind) or fit_layout(library, kind)


def fit_layout(library: Library, kind: LayoutKind) -> LayoutInfo:
    """Fit a layout, in place of the last one, and describe its axes. Raises as `Layouts.fit`."""
    return library.layouts.fit(kind, describe=describer(library))


def missing_reason(library: Library, kind: LayoutKind) -> tuple[str, str]:
    """Why there is no such layout, in English and Japanese."""
    if kind == "umap" and not umap_is_installed():
        return (
            'UMAP needs the extra "maps": pip install "kikimimi[maps]".',
            'UMAP には追加パッケージが必要です: pip install "kikimimi[maps]"',
        )
    if library.database.read_only:
        return "The library is read-only.", "ライブラリが読み取り専用です。"
    return "Not made yet.", "まだ作られていません。"
