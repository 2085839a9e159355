"""What the routes of one server share."""

import threading
from typing import Annotated, Any

from fastapi import Depends, Request

from kikimimi.library.library import Library
from kikimimi.library.touches import Touched, touched_since
from kikimimi.web.events import EventHub
from kikimimi.web.jobs import Jobs
from kikimimi.web.live.history import LiveHistory
from kikimimi.web.making.store import MadeStore
from kikimimi.web.making.studio import Studio
from kikimimi.web.settings import ServerSettings
from kikimimi.web.sound_detail.answers import SoundAnswers
from kikimimi.web.sound_detail.listener import Listener
from kikimimi.web.space.values import SpaceValues
from kikimimi.web.uploads.store import UploadStore

_MOST_NAMED = 1000


class ServerState:
    """The library, the events and the jobs of one server; `app.state.kikimimi`.

    `live` is what a listener beside the server tells, where there is one.
    """

    def __init__(self, settings: ServerSettings, *, live: LiveHistory | None = None) -> None:
        self.settings = settings
        self.live = live
        self.events = EventHub()
        self.jobs = Jobs(self.events)
        self.uploads = UploadStore(settings)
        self.space = SpaceValues(self.library)
        self.sound_answers = SoundAnswers()
        self.listener = Listener()
        self.studio = Studio(settings)
        self.made = MadeStore()
        self._lock = threading.Lock()
        self._library: Library | None = None
        self._telling = threading.Lock()
        self._told_revision = 0

    def library(self) -> Library:
        """The library, one for all threads: its connections, index and encoder are shared safely.

        Its file need not exist; then whatever needs it raises NoLibraryError.

        Raises:
            LibraryError: the file is no library, or is damaged.
        """
        with self._lock:
            if self._library is None:
                self._library = Library(self.settings.library, encoder=self.settings.encoder)
            return self._library

    def revision(self) -> int:
        """The number of the library's last change, by any program; 0 where there is no library."""
        library = self.library()
        return library.revision if library.path.exists() else 0

    def changed(self) -> int:
        """Tell every page what has changed since this was last called; returns the revision.

        Routes call it after each change; the server does each second, for other programs' changes.
        """
        library = self.library()
        if not library.path.exists():
            return 0
        with self._telling:
            since = self._told_revision
            with library.database.reading() as connection:
                found = touched_since(connection, since)
            self._told_revision = found.revision
            if found.revision != since:
                self.events.publish("changed", _change(found))
        return found.revision

    def close(self) -> None:
        """End the streams of events, stop the jobs, delete uploads, close the library."""
        self.events.close()
        self.uploads.close()
        self.jobs.close()
        self.made.close()
        if self._library is not None:
            self._library.close()


def _change(found: Touched) -> dict[str, Any]:
    """What pages are told: the ids of the sounds only where these are all known, and few."""
    named = found.keys.get("sounds", frozenset()) | found.keys.get("tags", frozenset())
    told: dict[str, Any] = {"revision": found.revision, "what": list(found.kinds)}
    if found.complete and len(named) <= _MOST_NAMED:
        told["sounds"] = sorted(named)
    return told


def server_state(request: Request) -> ServerState:
    """The state of the server that got a request."""
    state: ServerState = request.app.state.kikimimi
    return state


State = Annotated[ServerState, Depends(server_state)]
"""The type of a route's parameter that gets the state."""
