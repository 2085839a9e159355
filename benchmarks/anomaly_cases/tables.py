"""Tables of the study in Markdown, in per cent with 95 % jackknife intervals over clips."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from anomaly_cases.records import CaseScores
from kikimimi.metrics.anomaly.intervals import score_interval
from kikimimi.metrics.anomaly.sections import SectionFigures, SectionScores
from kikimimi.metrics.anomaly.summary import official_score

Score = Callable[[Sequence[SectionFigures]], float]


def _mean_of(name: str) -> Score:
    def mean(figures: Sequence[SectionFigures]) -> float:
        return float(np.mean([getattr(each, name) for each in figures]))

    return mean


_COLUMNS: dict[str, Score] = {
    "AUC": _mean_of("auc"),
    "AUC source": _mean_of("auc_source"),
    "AUC target": _mean_of("auc_target"),
    "pAUC": _mean_of("pauc"),
    "official score": official_score,
}


def all_tables(records: Sequence[CaseScores]) -> Iterator[str]:
    """Every table that the records have figures for."""
    yield _overall(records)
    if any(any(record.severities) for record in records):
        yield _by(records, "severity", range(1, 6), lambda r, s: r.section_scores(severity=s))
        faults = sorted({fault for record in records for fault in record.faults if fault})
        yield _by(records, "fault", faults, lambda r, f: r.section_scores(fault=f))
    machines = sorted({record.machine for record in records})
    if len(machines) > 1:
        yield _by(records, "machine", machines, _if("machine"))
    sections = sorted({record.section for record in records})
    if len(sections) > 1:
        target = _mean_of("auc_target")
        yield _by(records, "section (AUC target)", sections, _if("section"), target)


def _if(name: str) -> Callable[[CaseScores, str], SectionScores | None]:
    return lambda record, wanted: (
        record.section_scores() if getattr(record, name) == wanted else None
    )


def _overall(records: Sequence[CaseScores]) -> str:
    found = [r.section_scores() for r in records if r.scores]
    has_target = any(s is not None and s.target.any() for s in found)
    columns = {n: s for n, s in _COLUMNS.items() if has_target or "target" not in n}
    rows = []
    for features, detector in _cases(records):
        cells = []
        sections = _sections(records, features, detector, lambda record: record.section_scores())
        for score in columns.values():
            cells.append(_cell(sections, score) if sections else "-")
        rows.append([features, detector, *cells])
    return _table(["features", "detector", *columns], rows)


def _by(
    records: Sequence[CaseScores],
    what: str,
    values: Sequence[object] | range,
    pick: Callable[..., SectionScores | None],
    score: Score = _COLUMNS["AUC"],
) -> str:
    rows = []
    for features, detector in _cases(records):
        cells = []
        for value in values:
            sections = _sections(
                records, features, detector, lambda record, value=value: pick(record, value)
            )
            cells.append(_cell(sections, score) if sections else "-")
        rows.append([features, detector, *cells])
    return _table(["features", "detector", *(f"{what} {value}" for value in values)], rows)


def _cases(records: Sequence[CaseScores]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((record.features, record.detector) for record in records))


def _sections(
    records: Sequence[CaseScores],
    features: str,
    detector: str,
    pick: Callable[[CaseScores], SectionScores | None],
) -> list[SectionScores]:
    chosen = [r for r in records if (r.features, r.detector) == (features, detector) and r.scores]
    return [section for record in chosen if (section := pick(record)) is not None]


def _cell(sections: Sequence[SectionScores], score: Score) -> str:
    try:
        interval = score_interval(sections, score=score)
    except ValueError:  # a kind of clip occurs only once, so that none can be left out
        return "-"
    return f"{100 * interval.value:.1f} ± {100 * interval.half_width:.1f}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
