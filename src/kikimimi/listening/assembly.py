"""A listener with everything that it needs, made of settings."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kikimimi.encoders.detection.contract import Detector
from kikimimi.errors import BusyError, LibraryError, ListeningError
from kikimimi.library.locking import indexing_lock
from kikimimi.listening.contract import Action, Publish, Sensor
from kikimimi.listening.delivery.back_off import BackOff
from kikimimi.listening.delivery.courier import Courier
from kikimimi.listening.delivery.queues import DiskQueue, MemoryQueue, Queue
from kikimimi.listening.listener import Listener
from kikimimi.listening.rules.config import RuleFile, make_actions
from kikimimi.listening.sensors.anomalies import AnomalySensor, ClipScorer
from kikimimi.listening.sensors.events import EventSensor
from kikimimi.listening.sensors.levels import LevelSensor
from kikimimi.listening.sensors.spectrum import COARSE, FINE, SpectrumDetail
from kikimimi.listening.sound_clock import SoundClock
from kikimimi.paths import display_path

_MOST_IN_MEMORY = 1000
_MOST_WITH_AUDIO = 8


@dataclass(frozen=True, slots=True)
class ListenSettings:
    """What a listener is made of.

    Attributes:
        rules: whom to tell of what; None tells only the feed.
        rules_name: what messages call the rules.
        detector: loaded; None hears no events.
        scorer: a fitted model of what is normal; None hears no anomalies.
        scorer_name: what its anomalies are called.
        full_scale_db: the level of full scale, see `LevelSensor`.
        keeps_audio: False leaves out every action that would keep sound.
        state: the folder of the queues on the disk.
        spectrum: whether the feed gets rows of a spectrogram; coarse ones where no sound is kept,
            from which nobody can make it again.
        back_off: of actions that fail.
        clock: the clock on the wall; the system's in the time zone of the rules if not given.
    """

    rules: RuleFile | None = None
    rules_name: str = "rules"
    detector: Detector | None = None
    scorer: ClipScorer | None = None
    scorer_name: str = "anomaly"
    full_scale_db: float = 0.0
    keeps_audio: bool = True
    state: Path | None = None
    spectrum: bool = False
    back_off: BackOff = BackOff()  # noqa: RUF009 -- frozen
    clock: SoundClock | None = None


@contextmanager
def assembled(settings: ListenSettings, *, publish: Publish) -> Iterator[Listener]:
    """A listener whose actions work as long as the block lasts; what waits on the disk stays there.

    Raises:
        ConfigError: a rule names what nothing hears, or an action cannot be made.
        ListeningError: the queues cannot be kept, or another listener has them.
    """
    rules = settings.rules
    actions = make_actions(rules, where=settings.rules_name) if rules is not None else {}
    if not settings.keeps_audio:
        actions = {name: action for name, action in actions.items() if action.audio is None}
    with ExitStack() as stack:
        if any(action.durable for action in actions.values()):
            stack.enter_context(_sole_use(_state(settings)))
        couriers = {
            name: Courier(
                name,
                action,
                _queue(name, action, settings),
                publish=publish,
                back_off=settings.back_off,
            )
            for name, action in actions.items()
        }
        listener = Listener(
            sensors=_sensors(settings),
            rules=() if rules is None else rules.rules,
            couriers=couriers,
            publish=publish,
            clock=settings.clock or SoundClock(zone=rules.zone if rules is not None else None),
            spectrum=_detail(settings),
        )
        for courier in couriers.values():
            courier.start()
            stack.callback(courier.close)
        yield listener


def _detail(settings: ListenSettings) -> SpectrumDetail | None:
    if not settings.spectrum:
        return None
    return FINE if settings.keeps_audio else COARSE


def _sensors(settings: ListenSettings) -> list[Sensor]:
    sensors: list[Sensor] = [LevelSensor(full_scale_db=settings.full_scale_db)]
    if settings.detector is not None:
        sensors.append(EventSensor(settings.detector))
    if settings.scorer is not None:
        sensors.append(AnomalySensor(settings.scorer, name=settings.scorer_name))
    return sensors


def _queue(name: str, action: Action, settings: ListenSettings) -> Queue:
    if action.durable:
        return DiskQueue(_state(settings) / "queues" / name)
    return MemoryQueue(_MOST_IN_MEMORY if action.audio is None else _MOST_WITH_AUDIO)


def _state(settings: ListenSettings) -> Path:
    if settings.state is None:
        raise ListeningError("alerts that must not be lost need a folder; give one as state")
    return settings.state


@contextmanager
def _sole_use(state: Path) -> Iterator[None]:
    """The right to use the queues of a folder."""
    where = display_path(state)
    with ExitStack() as stack:
        try:
            stack.enter_context(indexing_lock(state / "queues"))
        except BusyError as error:
            raise ListeningError(
                f"{where}: another listener keeps its alerts there; choose another folder"
            ) from error
        except LibraryError as error:
            raise ListeningError(
                f"{where}: cannot keep alerts; change the permissions or choose another folder"
            ) from error
        yield
