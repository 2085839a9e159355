"""What a recipe of machine sounds says."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from kikimimi.audio.synthesis.machinery import FAULTS, SEVERITIES, find_machine
from kikimimi.audio.synthesis.machinery.surroundings import SURROUNDINGS
from kikimimi.errors import ConfigError
from kikimimi.names import suggestion

Range = tuple[float, float]

SPEEDS: Range = (0.1, 3.0)
LOADS: Range = (0.0, 1.0)
SNRS_DB: Range = (-60.0, 60.0)
HIGHEST_RATE_HZ = 32000
MOST_CLIPS = 10000
"""Numbers in DCASE's file names have four digits."""


@dataclass(frozen=True, slots=True)
class OperatingSettings:
    """How machines run in a domain; of a range, each recording has a value of its own.

    Attributes:
        speed: relative to the nominal speed of the machine.
        load: relative to the greatest load.
        surroundings: the place, whose noise is heard as well.
        snr_db: of the machine when healthy, at the middle of the source domain's ranges, against
            that noise.
    """

    speed: Range = (0.96, 1.04)
    load: Range = (0.45, 0.6)
    surroundings: str = "hall"
    snr_db: Range = (6.0, 6.0)

    def __post_init__(self) -> None:
        _require(self.speed, "speed", SPEEDS)
        _require(self.load, "load", LOADS)
        _require(self.snr_db, "snr_db", SNRS_DB)
        _require_surroundings(self.surroundings)


@dataclass(frozen=True, slots=True)
class Shift:
    """What is different in the target domain; None stays as it is in the source domain."""

    speed: Range | None = None
    load: Range | None = None
    surroundings: str | None = None
    snr_db: Range | None = None

    def applied(self, source: OperatingSettings) -> OperatingSettings:
        """The settings of the target domain.

        Raises:
            ConfigError: a value is impossible.
        """
        return OperatingSettings(
            speed=self.speed or source.speed,
            load=self.load or source.load,
            surroundings=self.surroundings or source.surroundings,
            snr_db=self.snr_db or source.snr_db,
        )


@dataclass(frozen=True, slots=True)
class ClipCounts:
    """How many recordings a section has of each kind.

    Attributes:
        train_source, train_target: normal ones to train on.
        test_normal: normal ones to test with, of each domain.
        test_anomaly: of each fault, severity and domain.
    """

    train_source: int = 990
    train_target: int = 10
    test_normal: int = 50
    test_anomaly: int = 5

    def __post_init__(self) -> None:
        counts = (self.train_source, self.train_target, self.test_normal, self.test_anomaly)
        if min(counts) < 0 or max(counts) > MOST_CLIPS or not any(counts):
            raise ConfigError(f"{counts} recordings; give 0 to {MOST_CLIPS} of each, and some")


@dataclass(frozen=True, slots=True)
class MachineRecipe:
    """Everything that the recordings depend on.

    Attributes:
        name: of the data that are made.
        machines: which makes; for each the faults, all that it can have if none are named.
        sections: one for each specimen, named 00, 01 and so on: how its target domain differs.
        source: the source domain.
        counts: of recordings.
        severities: of the faults.
        length_s: of a recording.
        sample_rate_hz: of the audio; sounds are made at 32 kHz, so that is the most.
        level_dbfs: r.m.s. level of the healthy machine in the middle of the source domain.
        seed: of all chance.
    """

    name: str
    machines: dict[str, tuple[str, ...]]
    sections: tuple[Shift, ...] = (Shift(),)
    source: OperatingSettings = field(default_factory=OperatingSettings)
    counts: ClipCounts = field(default_factory=ClipCounts)
    severities: tuple[int, ...] = SEVERITIES
    length_s: float = 10.0
    sample_rate_hz: int = 16000
    level_dbfs: float = -36.0
    seed: int = 0
    task: Literal["machines"] = field(default="machines")

    def __post_init__(self) -> None:
        if not self.machines or not self.sections:
            raise ConfigError("a recipe needs machines and sections")
        if not 0.5 <= self.length_s <= 600:
            raise ConfigError(f"length_s is {self.length_s:g}; give 0.5 to 600")
        if not 1000 <= self.sample_rate_hz <= HIGHEST_RATE_HZ:
            raise ConfigError(
                f"sample_rate_hz is {self.sample_rate_hz}; give 1000 to {HIGHEST_RATE_HZ}"
            )
        if not -90 <= self.level_dbfs <= -10:
            raise ConfigError(f"level_dbfs is {self.level_dbfs:g}; give -90 to -10")
        _require_levels(self.severities)
        for machine in self.machines:
            self._check_machine(machine)
        for shift in self.sections:
            shift.applied(self.source)

    def faults(self, machine: str) -> tuple[str, ...]:
        """The faults that a machine is given."""
        return self.machines[machine] or find_machine(machine).faults

    def _check_machine(self, machine: str) -> None:
        can_have = find_machine(machine).faults
        faults = self.faults(machine)
        for fault in faults:
            if fault not in can_have:
                what = "no fault" if fault not in FAULTS else f"a {machine} has no fault"
                raise ConfigError(
                    f"machines.{machine}: {what} '{fault}'; {suggestion(fault, can_have)}"
                )
        anomalies = self.counts.test_anomaly * len(faults) * len(self.severities)
        if len(set(faults)) < len(faults) or anomalies > MOST_CLIPS:
            raise ConfigError(
                f"machines.{machine}: name each fault once, and ask for at most {MOST_CLIPS} "
                "anomalies"
            )


def _require(values: Range, name: str, bounds: Range) -> None:
    low, high = values
    if not bounds[0] <= low <= high <= bounds[1]:
        raise ConfigError(
            f"{name} is {low:g} to {high:g}; give the lower one first, both from {bounds[0]:g} to "
            f"{bounds[1]:g}"
        )


def _require_surroundings(name: str) -> None:
    if name not in SURROUNDINGS:
        raise ConfigError(f"no surroundings '{name}'; {suggestion(name, SURROUNDINGS)}")


def _require_levels(severities: Sequence[int]) -> None:
    if not severities or not set(severities) <= set(SEVERITIES):
        raise ConfigError(f"severities are {list(severities)}; give some of {list(SEVERITIES)}")
    if len(set(severities)) < len(severities):
        raise ConfigError(f"severities are {list(severities)}; name each once")
