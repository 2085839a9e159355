"""Which alerts were right, which alarms were missed, and how sure that is."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from scipy import stats

from street_cases.street import Planted

_EARLY_S, _LATE_S = 1.0, 3.0


@dataclass(frozen=True)
class Count:
    """What became of the alarms and the alerts of a run.

    Attributes:
        told: for each alarm, the alert of its rule; None if it was missed.
        misnamed: alarms that were missed but set off another rule.
        false: alerts that belong to no alarm, by rule.
        hours: length of the street.
    """

    told: Sequence[tuple[Planted, Mapping[str, Any] | None]]
    misnamed: int
    false: Mapping[str, int]
    hours: float


def counted(
    planted: Sequence[Planted], alerts: Sequence[Mapping[str, Any]], *, hours: float
) -> Count:
    """Join alarms and alerts: what was heard begins while the alarm sounds, or near it."""
    left = list(alerts)
    told: list[tuple[Planted, Mapping[str, Any] | None]] = []
    misnamed = 0
    for alarm in planted:
        near = [alert for alert in left if _near(alarm, alert)]
        right = [alert for alert in near if alert["rule"] == alarm.rule]
        told.append((alarm, right[0] if right else None))
        misnamed += bool(near) and not right
        left = [alert for alert in left if alert not in near]
    return Count(told, misnamed, Counter(alert["rule"] for alert in left), hours)


def _near(alarm: Planted, alert: Mapping[str, Any]) -> bool:
    begins_s, ends_s = alert["onset_s"], alert["onset_s"] + alert["duration_s"]
    return bool(begins_s <= alarm.offset_s + _LATE_S and ends_s >= alarm.onset_s - _EARLY_S)


def tables(count: Count) -> str:
    """Markdown: alarms told by kind and ratio; false alarms an hour by rule; delays."""
    return "\n".join([_told_table(count), _false_table(count), _delays(count)])


def _told_table(count: Count) -> str:
    cells: dict[tuple[str, float], list[bool]] = defaultdict(list)
    for alarm, alert in count.told:
        cells[alarm.kind, alarm.snr_db].append(alert is not None)
    kinds = sorted({kind for kind, _ in cells})
    snrs = sorted({snr for _, snr in cells})
    lines = [["missed", *(f"{snr:g} dB" for snr in snrs), "all"], ["---"] * (len(snrs) + 2)]
    for kind in kinds:
        rows = [cells[kind, snr] for snr in snrs]
        lines.append([kind, *map(_missed, rows), _missed(list(chain(*rows)))])
    columns = [list(chain(*(cells[kind, snr] for kind in kinds))) for snr in snrs]
    lines.append(["all", *map(_missed, columns), _missed(list(chain(*columns)))])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _missed(told: Sequence[bool]) -> str:
    missed = len(told) - sum(told)
    if not told:
        return "-"
    low, high = stats.binomtest(missed, len(told)).proportion_ci(method="wilson")
    return f"{missed}/{len(told)} ({100 * low:.0f}-{100 * high:.0f} %)"


def _false_table(count: Count) -> str:
    lines = ["| false alarms | number | an hour (95 %) |", "| --- | --- | --- |"]
    every = {**dict(sorted(count.false.items())), "all": sum(count.false.values())}
    for rule, number in every.items():
        low = stats.chi2.ppf(0.025, 2 * number) / 2 if number else 0.0
        high = stats.chi2.ppf(0.975, 2 * number + 2) / 2
        hours = count.hours
        lines.append(
            f"| {rule} | {number} | {number / hours:.2f} ({low / hours:.2f}-{high / hours:.2f}) |"
        )
    return "\n".join(lines) + "\n"


def _delays(count: Count) -> str:
    late = [alert["told_s"] - alarm.onset_s for alarm, alert in count.told if alert is not None]
    if not late:
        return f"{count.hours:.2f} h; nothing was told\n"
    ninety = np.percentile(late, 90)
    return (
        f"{count.hours:.2f} h; from an alarm's onset to its alert {np.median(late):.2f} s in the "
        f"median, 90 % within {ninety:.2f} s; {count.misnamed} missed ones set off another rule\n"
    )
