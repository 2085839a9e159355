"""What has to be done so that the library agrees with the disk again; nothing is opened."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from kikimimi.library.file_outcomes import FileTask
from kikimimi.library.records import Failure
from kikimimi.library.scanning import FileState, Scan, file_state
from kikimimi.library.store import KnownFile


@dataclass(slots=True)
class Plan:
    """The difference between the disk and the library.

    `tasks` are files to read, by path; `returned` and `gone` are ids of sounds to unmark and to
    mark as missing; `sound_ids` has the sound that each path stood for before.
    """

    tasks: list[FileTask] = field(default_factory=list)
    unchanged: int = 0
    returned: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    outdated_failures: list[bytes] = field(default_factory=list)
    sound_ids: dict[bytes, int] = field(default_factory=dict)


def make_plan(
    scan: Scan,
    known: Iterable[KnownFile],
    failures: Mapping[bytes, tuple[FileState, Failure]],
    unmeasured: Collection[int] = frozenset(),
) -> Plan:
    """Compare what was found with what is known: equal path, size and time mean equal content.

    Sounds that are `unmeasured`, by id, are read for that.
    """
    plan = Plan(failures=list(scan.problems))
    rest = dict(scan.files)
    for file in known:
        plan.sound_ids[file.path_key] = file.id
        state = rest.get(file.path_key)
        if state is None:
            _plan_unseen(plan, scan, file, unmeasured)
        elif state == file.state:
            del rest[file.path_key]
            _plan_unchanged(plan, file, unmeasured)
    _plan_failures(plan, scan, rest, failures)
    plan.tasks.extend(FileTask(path_key, state) for path_key, state in sorted(rest.items()))
    return plan


def _plan_unchanged(plan: Plan, file: KnownFile, unmeasured: Collection[int]) -> None:
    plan.unchanged += 1
    if file.missing:
        plan.returned.append(file.id)
    if file.id in unmeasured:
        plan.tasks.append(FileTask(file.path_key, file.state, measure=True))


def _plan_unseen(plan: Plan, scan: Scan, file: KnownFile, unmeasured: Collection[int]) -> None:
    """A known file that the scan did not come by: gone, or only passed over."""
    if not scan.covers(file.path_key):
        return
    try:
        state = file_state(file.path_key)
    except OSError:
        return  # Its folder is named among the problems; nothing is known of the file.
    if state is None:
        if not file.missing:
            plan.gone.append(file.id)
    elif state != file.state:
        plan.tasks.append(FileTask(file.path_key, state))
    else:
        _plan_unchanged(plan, file, unmeasured)


def _plan_failures(
    plan: Plan,
    scan: Scan,
    rest: dict[bytes, FileState],
    failures: Mapping[bytes, tuple[FileState, Failure]],
) -> None:
    """Name unchanged bad files again; forget those that are gone or in the library."""
    for path_key, (state, failure) in failures.items():
        is_in_library = path_key in scan.files and path_key not in rest
        is_gone = path_key not in scan.files and scan.covers(path_key)
        if rest.get(path_key) == state:
            del rest[path_key]
            plan.failures.append(failure)
        elif is_in_library or is_gone:
            plan.outdated_failures.append(path_key)
