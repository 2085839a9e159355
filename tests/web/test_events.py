"""The stream of events: who hears what, who is cut off, how it ends."""

import asyncio
import json
import threading

import pytest

from kikimimi.library.library import Library
from kikimimi.web import events
from kikimimi.web.events import Event, EventHub
from kikimimi.web.state import ServerState
from kikimimi.web.watching import watch


async def next_blocks(stream, count: int) -> list[str]:
    return [(await asyncio.wait_for(anext(stream), 10)).decode() for _ in range(count)]


def told(block: str) -> tuple[str, dict]:
    kind, data = block.strip().split("\n")
    return kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def test_events_from_any_thread_reach_every_listener_in_order() -> None:
    async def run() -> None:
        hub = EventHub()
        with hub.listening() as one, hub.listening() as two:
            streams = [listener.blocks(Event("hello", {})) for listener in (one, two)]
            for stream in streams:
                assert told((await next_blocks(stream, 1))[0]) == ("hello", {})
            thread = threading.Thread(
                target=lambda: [hub.publish("job", {"done": n}) for n in range(5)]
            )
            thread.start()
            for stream in streams:
                found = [told(block)[1]["done"] for block in await next_blocks(stream, 5)]
                assert found == [0, 1, 2, 3, 4]
            thread.join()
        assert hub.listeners == 0

    asyncio.run(run())


def test_no_data_can_break_out_of_its_line() -> None:
    data = {"path": "a\n\nevent: fake\r\ndata: {}\u2028雨"}
    block = Event("job", data).encode()
    assert block.count(b"\n") == 3 and b"\r" not in block
    assert told(block.decode()) == ("job", data)


def test_a_listener_that_does_not_keep_up_is_cut_off(monkeypatch) -> None:
    monkeypatch.setattr(events, "_MOST_WAITING", 10)

    async def run() -> None:
        hub = EventHub()
        with hub.listening() as slow:
            for number in range(1000):
                hub.publish("job", {"done": number})
            await asyncio.sleep(0)
            blocks = [block async for block in slow.blocks()]
            assert len(blocks) < 10

    asyncio.run(run())


def test_too_many_listeners_are_turned_away(monkeypatch) -> None:
    monkeypatch.setattr(events, "_MOST_LISTENERS", 1)

    async def run() -> None:
        hub = EventHub()
        with hub.listening() as first, hub.listening() as second:
            assert first is not None and second is None

    asyncio.run(run())


def test_closing_ends_every_stream() -> None:
    async def run() -> None:
        hub = EventHub()
        with hub.listening() as listener:
            stream = listener.blocks(Event("hello", {}))
            await next_blocks(stream, 1)
            hub.close()
            assert [block async for block in stream] == []
        with hub.listening() as late:
            assert late is None

    asyncio.run(run())


def test_silence_is_broken_by_comments(monkeypatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.01)

    async def run() -> None:
        hub = EventHub()
        with hub.listening() as listener:
            assert (await next_blocks(listener.blocks(), 1))[0].startswith(":")

    asyncio.run(run())


@pytest.fixture
def quiet_state(settings):
    state = ServerState(settings)
    yield state
    state.close()


def test_own_changes_are_told_once_and_name_what_changed(quiet_state, library_path) -> None:
    state = quiet_state

    async def run() -> None:
        with state.events.listening() as listener:
            state.changed()
            sound = next(state.library().sounds()).id
            state.library().add_tag([sound], "seen here")
            revision = state.changed()
            state.changed()
            with Library(library_path) as other:  # as the command line does
                other.playlists.create("by another program")
            watching = asyncio.create_task(watch(state, period_s=0.02))
            stream = listener.blocks()
            first, second, third = [told(block) for block in await next_blocks(stream, 3)]
            watching.cancel()
        assert [first[0], second[0], third[0]] == ["changed"] * 3
        assert second[1]["revision"] == revision
        assert "tags" in second[1]["what"] and second[1]["sounds"] == [sound]
        assert third[1]["what"] == ["playlists"]
        assert third[1]["revision"] > revision

    asyncio.run(run())


def test_watching_outlives_a_library_that_cannot_be_read(quiet_state, monkeypatch) -> None:
    from kikimimi.errors import LibraryError

    calls = 0

    def changed() -> int:
        nonlocal calls
        calls += 1
        raise LibraryError("damaged")

    monkeypatch.setattr(quiet_state, "changed", changed)

    async def run() -> None:
        with quiet_state.events.listening():
            watching = asyncio.create_task(watch(quiet_state, period_s=0.001))
            await asyncio.sleep(0.2)
            assert not watching.done()
            watching.cancel()

    asyncio.run(run())
    assert calls > 1
