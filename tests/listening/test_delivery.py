"""Queues and couriers: no alert is lost, whatever the receiver and the disk do."""

import errno
import json
import threading
from random import Random

import pytest

from kikimimi.errors import ConfigError, ListeningError
from kikimimi.listening.contract import Action, RefusedError, TemporaryError
from kikimimi.listening.delivery import queues
from kikimimi.listening.delivery.back_off import BackOff
from kikimimi.listening.delivery.courier import Courier
from kikimimi.listening.delivery.queues import DiskQueue, MemoryQueue, Waiting


def alert(number: int) -> Waiting:
    return Waiting({"id": f"a-{number}", "label": "ガラス"})


class Receiver(Action):
    """Takes alerts unless it is away, hangs or refuses."""

    durable = True

    def __init__(self) -> None:
        self.got: list[str] = []
        self.is_away = False
        self.refused: set[str] = set()

    def deliver(self, alert, audio):
        if self.is_away:
            raise TemporaryError("away")
        if alert["id"] in self.refused:
            raise RefusedError("unwanted")
        self.got.append(alert["id"])


class FakeTime:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def receiver():
    return Receiver()


@pytest.fixture
def clock():
    return FakeTime()


@pytest.fixture
def told():
    return []


@pytest.fixture
def queued():
    return []


@pytest.fixture
def make(receiver, clock, told, queued, tmp_path):
    """A courier without a thread, on a queue on the disk that others may have left."""

    def publish(kind, data):
        if kind == "fault":
            told.append(data["message"])
        else:
            queued.append((data["waiting"], data["is_failing"]))

    def made(queue=None) -> Courier:
        return Courier(
            "web",
            receiver,
            DiskQueue(tmp_path / "queue") if queue is None else queue,
            publish=publish,
            monotonic=clock,
            chance=Random(0),
        )

    return made


def work(courier: Courier, steps: int = 50) -> None:
    """Step as long as there is something to do now."""
    while courier.step() == 0.0 and steps:
        steps -= 1


def test_alerts_come_in_order_after_the_receiver_was_away(make, receiver, clock, told):
    courier = make()
    receiver.is_away = True
    for number in range(5):
        courier.offer(alert(number))
        work(courier)
    assert receiver.got == [] and len(courier) == 5
    receiver.is_away = False
    clock.now_s += 60
    work(courier)
    assert receiver.got == [f"a-{number}" for number in range(5)]
    assert len(told) == 2 and "away" in told[0] and told[1] == "works again"


def test_how_many_wait_is_told_as_it_changes(make, receiver, clock, queued):
    courier = make()
    courier.start()
    courier.close()
    assert queued == [(0, False)]
    receiver.is_away = True
    courier.offer(alert(0))
    courier.step()
    courier.offer(alert(1))
    assert queued[1:] == [(1, False), (1, True), (2, True)]
    receiver.is_away = False
    clock.now_s += 60
    work(courier)
    assert queued[4:] == [(1, False), (0, False)]


def test_waits_grow_and_end_at_the_most(make, receiver, clock):
    courier = make()
    receiver.is_away = True
    courier.offer(alert(0))
    waits = []
    for _ in range(12):
        waits.append(courier.step())
        assert courier.step() == pytest.approx(waits[-1])  # it is not tried before its time
        clock.now_s += waits[-1]
    assert waits == sorted(waits[:6]) + waits[6:] and 0.75 <= waits[0] <= 1.0
    assert all(45 <= wait <= 60 for wait in waits[7:])


def test_what_waits_survives_the_process(make, receiver, clock):
    receiver.is_away = True
    first = make()
    for number in range(3):
        first.offer(alert(number))
    work(first)
    receiver.is_away = False
    second = make()
    second.offer(alert(3))
    work(second)
    assert receiver.got == ["a-0", "a-1", "a-2", "a-3"]


def test_a_refused_alert_is_kept_apart_and_holds_nobody_up(make, receiver, tmp_path, told):
    courier = make()
    receiver.refused = {"a-1"}
    for number in range(3):
        courier.offer(alert(number))
    work(courier)
    assert receiver.got == ["a-0", "a-2"]
    (kept,) = (tmp_path / "queue" / "refused").glob("*.json")
    assert json.loads(kept.read_text())["id"] == "a-1"
    assert any("unwanted" in message for message in told)


def test_a_damaged_file_holds_nobody_up(make, receiver, tmp_path):
    courier = make()
    for number in range(3):
        courier.offer(alert(number))
    sorted((tmp_path / "queue").glob("*.json"))[0].write_text("{")
    (tmp_path / "queue" / "notes.json").write_text("not ours")
    again = make()
    work(again)
    assert receiver.got == ["a-1", "a-2"]
    assert (tmp_path / "queue" / "damaged").is_dir()
    assert (tmp_path / "queue" / "notes.json").exists()


def test_a_full_disk_keeps_alerts_in_memory_and_in_order(make, receiver, monkeypatch, told):
    def full(path, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    courier = make()
    receiver.is_away = True
    courier.offer(alert(0))
    with monkeypatch.context() as patch:
        patch.setattr(queues, "draft_of", full)
        courier.offer(alert(1))
        courier.offer(alert(2))
        assert any("No space left" in message for message in told)
    courier.offer(alert(3))
    assert len(list(courier._queue.folder.glob("*.json"))) == 4
    receiver.is_away = False
    work(courier)
    assert receiver.got == ["a-0", "a-1", "a-2", "a-3"]


def test_with_the_disk_full_for_good_alerts_are_delivered_all_the_same(make, receiver, monkeypatch):
    def full(path, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(queues, "draft_of", full)
    courier = make()
    courier.offer(alert(0))
    courier.offer(alert(1))
    work(courier)
    assert receiver.got == ["a-0", "a-1"]


def test_queues_have_bounds(tmp_path):
    memory = MemoryQueue(2)
    assert [memory.put(alert(n)) != "" for n in range(4)] == [False, False, True, True]
    assert memory.first().alert["id"] == "a-0"  # it may be on its way
    disk = DiskQueue(tmp_path, most=1)
    assert disk.put(alert(0)) == "" and "given up" in disk.put(alert(1))


def test_numbers_only_rise(tmp_path):
    queue = DiskQueue(tmp_path)
    queue.put(alert(0))
    queue.put(alert(1))
    queue.drop_first()
    again = DiskQueue(tmp_path)
    again.put(alert(2))
    assert [path.stem[-1] for path in sorted(tmp_path.glob("*.json"))] == ["2", "3"]


def test_a_queue_that_cannot_be_kept_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ListeningError, match="cannot keep alerts"):
        DiskQueue(tmp_path / "file" / "queue")


def test_a_hanging_receiver_keeps_nobody_waiting(make, told):
    began, go_on = threading.Event(), threading.Event()

    class Hanging(Receiver):
        def deliver(self, alert, audio):
            began.set()
            go_on.wait(10)

    courier = Courier("web", Hanging(), MemoryQueue(9), publish=lambda kind, data: None)
    courier.start()
    courier.offer(alert(0))
    assert began.wait(10)
    courier.offer(alert(1))  # returns although the first one hangs
    assert courier.close(grace_s=0.01) == 2
    go_on.set()


def test_a_thread_delivers_what_is_offered_before_it_ends(receiver):
    courier = Courier("web", receiver, MemoryQueue(9), publish=lambda kind, data: None)
    courier.start()
    for number in range(3):
        courier.offer(alert(number))
    assert courier.close(grace_s=10) == 0
    assert receiver.got == ["a-0", "a-1", "a-2"]


def test_a_defect_of_an_action_costs_one_alert_and_not_the_thread(make, receiver, told):
    class Broken(Receiver):
        def deliver(self, alert, audio):
            if alert["id"] == "a-0":
                raise KeyError("oops")
            super().deliver(alert, audio)

    receiver = Broken()
    courier = Courier("web", receiver, MemoryQueue(9), publish=lambda k, d: told.append(d))
    courier.offer(alert(0))
    courier.offer(alert(1))
    work(courier)
    messages = [each["message"] for each in told if "message" in each]
    assert receiver.got == ["a-1"] and "a defect of its own" in messages[0]


def test_what_was_delivered_is_not_delivered_again_while_the_disk_refuses(
    make, receiver, monkeypatch
):
    def refuse(path, **options):
        raise PermissionError(errno.EROFS, "Read-only file system")

    courier = make()
    courier.offer(alert(0))
    courier.offer(alert(1))
    monkeypatch.setattr(queues.Path, "unlink", refuse)
    work(courier)
    assert receiver.got == ["a-0", "a-1"]


def test_impossible_waits_are_refused():
    with pytest.raises(ConfigError):
        BackOff(first_s=2, most_s=1)
