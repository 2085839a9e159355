"""Which recordings a recipe asks for, and what each is called."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kikimimi.audio.synthesis.machinery import Fault, Operation, find_machine
from kikimimi.datasets.machine_sounds.recipe import MachineRecipe, OperatingSettings

Domain = Literal["source", "target"]
Split = Literal["train", "test"]

_DOMAINS: tuple[Domain, ...] = ("source", "target")


@dataclass(frozen=True, slots=True)
class PlannedClip:
    """One recording to make.

    Attributes:
        machine, section, domain, split: where it belongs.
        number: among the normal or anomalous recordings of its domain and split, from 0.
        operation: how the machine runs.
        surroundings: the place.
        snr_db: of the healthy machine against the noise of the place.
    """

    machine: str
    section: int
    domain: Domain
    split: Split
    number: int
    operation: Operation
    surroundings: str
    snr_db: float

    @property
    def attributes(self) -> dict[str, str]:
        """What is known of the recording, as words without underscores.

        `spd` is in revolutions, strokes or cycles in a minute, `load` in per cent.
        """
        per_minute = 60 * find_machine(self.machine).nominal_hz * self.operation.speed
        known = {
            "spd": f"{per_minute:.0f}",
            "load": f"{100 * self.operation.load:.0f}",
            "noise": self.surroundings.replace("_", "-"),
            "snr": f"{self.snr_db:.0f}",
        }
        fault = self.operation.fault
        if fault is not None:
            known |= {"fault": fault.kind.replace("_", "-"), "sev": str(fault.severity)}
        return known

    @property
    def path(self) -> str:
        """The file under the folder of all: `fan/test/section_00_source_test_normal_0000_....wav`.

        https://dcase.community/challenge2023/task-first-shot-unsupervised-anomalous-sound-detection-for-machine-condition-monitoring
        """
        condition = "normal" if self.operation.fault is None else "anomaly"
        described = "_".join(f"{name}_{value}" for name, value in self.attributes.items())
        stem = (
            f"section_{self.section:02d}_{self.domain}_{self.split}_{condition}_"
            f"{self.number:04d}_{described}"
        )
        return f"{self.machine}/{self.split}/{stem}.wav"


def planned_clips(recipe: MachineRecipe) -> list[PlannedClip]:
    """All recordings, always in the same order; each depends on the seed and its own place only."""
    return [
        clip
        for machine in recipe.machines
        for section in range(len(recipe.sections))
        for clip in _section(recipe, machine, section)
    ]


def seeds(recipe: MachineRecipe, *what: str | int) -> list[int]:
    """The seed of one thing that chance decides, named by words and numbers."""
    return [recipe.seed, *(zlib.crc32(str(word).encode()) for word in what)]


def domain_settings(recipe: MachineRecipe, section: int, domain: Domain) -> OperatingSettings:
    """How the machine of a section runs in a domain."""
    if domain == "source":
        return recipe.source
    return recipe.sections[section].applied(recipe.source)


def _section(recipe: MachineRecipe, machine: str, section: int) -> Iterator[PlannedClip]:
    counts = recipe.counts
    for domain in _DOMAINS:
        normal = counts.train_source if domain == "source" else counts.train_target
        splits: tuple[tuple[Split, int], ...] = (("train", normal), ("test", counts.test_normal))
        for split, count in splits:
            for number in range(count):
                yield _clip(recipe, machine, section, domain, split, number, None)
        faults = [
            Fault(kind, severity)
            for kind in recipe.faults(machine)
            for severity in recipe.severities
            for _ in range(counts.test_anomaly)
        ]
        for number, fault in enumerate(faults):
            yield _clip(recipe, machine, section, domain, "test", number, fault)


def _clip(
    recipe: MachineRecipe,
    machine: str,
    section: int,
    domain: Domain,
    split: Split,
    number: int,
    fault: Fault | None,
) -> PlannedClip:
    settings = domain_settings(recipe, section, domain)
    condition = "normal" if fault is None else f"{fault.kind} {fault.severity}"
    words = (machine, section, domain, split, condition, number)
    rng = np.random.default_rng(seeds(recipe, "operation", *words))
    operation = Operation(
        recipe.length_s,
        speed=float(rng.uniform(*settings.speed)),
        load=float(rng.uniform(*settings.load)),
        fault=fault,
    )
    snr_db = float(rng.uniform(*settings.snr_db))
    return PlannedClip(
        *(machine, section, domain, split, number, operation), settings.surroundings, snr_db
    )
