"""What the routes of one server share."""

import threading
from typing import Annotated, Any

from fastapi import Depends, Request

from kikimimi.library.library import Library
from kikimimi.library.window_rows import current_revision
from kikimimi.web.events import EventHub
from kikimimi.web.jobs import Jobs
from kikimimi.web.settings import ServerSettings


class ServerState:
    """The library, the events and the jobs of one server; `app.state.kikimimi`."""

    def __init__(self, settings: ServerSettings) -> None:
        self.settings = settings
        self.events = EventHub()
        self.jobs = Jobs(self.events)
        self._lock = threading.Lock()
        self._library: Library | None = None

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
        """The number of the library's last change; 0 where there is no library yet."""
        library = self.library()
        if not library.path.exists():
            return 0
        with library.database.reading() as connection:
            return current_revision(connection)[0]

    def changed(self, *what: str, sounds: list[int] | None = None) -> int:
        """Tell every page that something changed; returns the revision.

        Args:
            what: tags, playlists, sounds or taught.
            sounds: ids of the sounds that changed, where these are few.
        """
        revision = self.revision()
        data: dict[str, Any] = {"revision": revision, "what": list(what)}
        if sounds is not None:
            data["sounds"] = sounds
        self.events.publish("changed", data)
        return revision

    def close(self) -> None:
        """End the streams of events, stop the jobs, close the library."""
        self.events.close()
        self.jobs.close()
        if self._library is not None:
            self._library.close()


def server_state(request: Request) -> ServerState:
    """The state of the server that got a request."""
    state: ServerState = request.app.state.kikimimi
    return state


State = Annotated[ServerState, Depends(server_state)]
"""The type of a route's parameter that gets the state."""
