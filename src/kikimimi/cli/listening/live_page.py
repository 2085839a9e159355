"""`kikimimi listen --serve`: a listener with a page beside it."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from kikimimi.cli.listening.calls import STANDARD_INPUT, ListenCall
from kikimimi.cli.listening.running import Stopping, run_listening
from kikimimi.cli.output import print_message
from kikimimi.cli.serving import PageCall, bound_page, open_browser
from kikimimi.web import server
from kikimimi.web.live.history import LiveHistory

_VIEW = "#/live"


def listen_and_serve(call: ListenCall, page: PageCall) -> bool:
    """Listen in a thread of its own and serve the page, until Ctrl-C or the sound ends.

    The page of recordings stays until Ctrl-C: they may be over before anybody looks. That of a
    microphone or a stream goes with it, so that whoever started it sees that it ended.

    Returns:
        Whether all could be heard.

    Raises:
        KikimimiError: the call cannot be carried out.
    """
    settings, listening = bound_page(page)
    live = LiveHistory(keeps_audio=call.keeps_audio, full_scale_db=call.full_scale_db)
    begun, stopping = threading.Event(), Stopping()
    stays = _stays(call)

    def publish(kind: str, data: dict[str, Any]) -> None:
        live.publish(kind, data)
        if kind == "started":
            begun.set()

    def done(heard: Future[bool]) -> None:
        begun.set()
        if stays and heard.exception() is None and not stopping.is_asked:
            print_message("all is heard; the page stays until Ctrl-C")

    def ready() -> None:
        print_message(f"the live page is at {settings.url}{_VIEW} (Ctrl-C ends it)")
        if page.browser:
            open_browser(settings.url + _VIEW)

    def is_over() -> bool:
        return heard.done() and (not stays or heard.exception() is not None)

    with listening, ThreadPoolExecutor(1, thread_name_prefix="listen") as threads:
        heard = threads.submit(run_listening, call, publish, stopping=stopping)
        heard.add_done_callback(done)
        try:
            begun.wait()  # what cannot be heard is told before a page is opened
            if not is_over():
                server.serve(settings, listening, ready=ready, live=live, is_over=is_over)
        finally:
            stopping.ask()
        return heard.result()


def _stays(call: ListenCall) -> bool:
    names = [str(path) for path in call.files]
    return bool(names) and not call.follow and STANDARD_INPUT not in names
