"""Any sequence of edits on disk, indexed now and then: a model says what must be known."""

import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from indexing_helpers import contents, new_library, write_sound

NAMES = st.sampled_from(["a.wav", "b.wav", "c.wav", "sub/a.wav", "sub/d.wav"])
SEEDS = st.integers(0, 3)
BAD = -1


class Disk(RuleBasedStateMachine):
    """The files by name, each with the seed of its content."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="kikimimi-"))
        self.root = self.folder / "sounds"
        (self.root / "sub").mkdir(parents=True)
        self.library = new_library(self.folder)
        self.library.create()
        self.files: dict[str, int] = {}
        self.indexed: dict[str, int] = {}
        self.clock_ns = 10**18

    def teardown(self) -> None:
        self.library.close()
        shutil.rmtree(self.folder)

    def stamp(self, name: str) -> None:
        """Times differ from write to write, as they do on a disk that is not in a hurry."""
        self.clock_ns += 10**9
        os.utime(self.root / name, ns=(self.clock_ns, self.clock_ns))

    @rule(name=NAMES, seed=SEEDS)
    def write(self, name: str, seed: int) -> None:
        write_sound(self.root / name, seed=seed, seconds=0.1)
        self.stamp(name)
        self.files[name] = seed

    @rule(name=NAMES)
    def spoil(self, name: str) -> None:
        (self.root / name).write_text("bad")
        self.stamp(name)
        self.files[name] = BAD

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)
        self.files.pop(name, None)

    @rule(name=NAMES, new_name=NAMES)
    def move(self, name: str, new_name: str) -> None:
        if name in self.files and name != new_name:
            (self.root / name).replace(self.root / new_name)
            self.files[new_name] = self.files.pop(name)

    @rule()
    def index(self) -> None:
        report = self.library.index([self.root], workers=1)
        good = {name: seed for name, seed in self.files.items() if seed != BAD}
        failed = {str(failure.path.relative_to(self.root)) for failure in report.failures}
        assert failed == self.files.keys() - good.keys()
        assert report.added + report.updated + report.moved + report.unchanged == len(good)
        self.indexed = good

    @rule()
    def purge(self) -> None:
        self.library.purge()

    @invariant()
    def the_library_holds_what_was_there_at_the_last_run(self) -> None:
        known = contents(self.library)
        paths = {os.fsencode(self.root / name): seed for name, seed in self.indexed.items()}
        assert known.keys() == paths.keys()
        vectors: dict[int, set[bytes]] = {}
        for path_key, seed in paths.items():
            vectors.setdefault(seed, set()).add(known[path_key]["windows"][0][2])
        assert all(len(same) == 1 for same in vectors.values())
        assert max(Counter(v for same in vectors.values() for v in same).values(), default=1) == 1
        self.library.check()


TestDisk = Disk.TestCase
TestDisk.settings = settings(
    max_examples=25,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
