"""What works off the queue of one action, in a thread of its own.

A receiver that hangs, a disk that is full or a command that takes long keeps neither the listener
nor the other actions waiting.
"""

import logging
import threading
import time
from collections.abc import Callable
from random import Random

from kikimimi.listening.contract import Action, Publish, RefusedError, TemporaryError
from kikimimi.listening.delivery.back_off import BackOff
from kikimimi.listening.delivery.queues import Queue, Waiting

logger = logging.getLogger(__name__)
_LONGEST_REST_S = 3600.0


class Courier:
    """Delivers alerts one after the other, in their order; failed ones are tried again.

    Args:
        name: of the action.
        action: does it.
        queue: where alerts wait.
        publish: told of failures.
        back_off: how long to wait after one.
        monotonic: a clock that only goes on.
        chance: of the waits.
    """

    def __init__(
        self,
        name: str,
        action: Action,
        queue: Queue,
        *,
        publish: Publish,
        back_off: BackOff | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Random | None = None,
    ) -> None:
        self.name = name
        self.action = action
        self.delivered = 0
        self._queue = queue
        self._publish = publish
        self._back_off = back_off or BackOff()
        self._monotonic = monotonic
        self._chance = chance or Random()
        self._failures = 0
        self._due_s = -float("inf")
        self._lock = threading.Condition()
        self._is_closing = False
        self._thread: threading.Thread | None = None

    def __len__(self) -> int:
        return len(self._queue)

    def start(self) -> None:
        """Begin the thread. Without it, `step` does the work."""
        self._tell_queue()
        self._thread = threading.Thread(target=self._run, name=f"act-{self.name}", daemon=True)
        self._thread.start()

    def offer(self, waiting: Waiting) -> None:
        """Take an alert; returns at once."""
        with self._lock:
            complaint = self._queue.put(waiting)
            self._lock.notify()
        if complaint:
            self._tell(complaint)
        self._tell_queue()

    def step(self) -> float:
        """Try the alert that waits longest, if its time has come; return when to call again, in
        seconds."""
        left = self._due_s - self._monotonic()
        if left > 0:
            return left
        with self._lock:
            waiting = self._queue.first()
        if waiting is None:
            return _LONGEST_REST_S
        try:
            self.action.deliver(waiting.alert, waiting.audio)
        except TemporaryError as error:
            return self._failed(str(error))
        except RefusedError as error:
            self._refused(str(error))
        except Exception as error:
            logger.exception("a defect in the action %s", self.name)
            self._refused(f"a defect of its own ({type(error).__name__}: {error})")
        else:
            self._succeeded()
        return 0.0

    def close(self, *, grace_s: float = 5.0) -> int:
        """Deliver what waits, for at most `grace_s`; return how many alerts are left over."""
        with self._lock:
            self._is_closing = True
            self._lock.notify()
        if self._thread is not None:
            self._thread.join(grace_s)
        self.action.close()
        return len(self._queue)

    def _run(self) -> None:
        while True:
            rest_s = self.step()
            with self._lock:
                if self._is_closing and (not len(self._queue) or rest_s > 0):
                    return
                if rest_s > 0:
                    self._lock.wait(rest_s)

    def _succeeded(self) -> None:
        with self._lock:
            self._queue.drop_first()
        if self._failures:
            self._tell("works again", is_over=True)
        self._failures, self._due_s = 0, -float("inf")
        self.delivered += 1
        self._tell_queue()

    def _failed(self, reason: str) -> float:
        self._failures += 1
        wait_s = self._back_off.wait_s(self._failures, self._chance)
        self._due_s = self._monotonic() + wait_s
        if self._failures == 1:
            self._tell(f"{reason}; {len(self._queue)} waiting, will be tried again")
            self._tell_queue()
        return wait_s

    def _refused(self, reason: str) -> None:
        with self._lock:
            self._queue.refuse_first()
        self._failures, self._due_s = 0, -float("inf")
        self._tell(f"an alert was given up: {reason}")
        self._tell_queue()

    def _tell_queue(self) -> None:
        told = {"action": self.name, "waiting": len(self._queue)}
        self._publish("queue", {**told, "is_failing": self._failures > 0})

    def _tell(self, message: str, *, is_over: bool = False) -> None:
        self._publish("fault", {"part": self.name, "message": message, "is_over": is_over})
