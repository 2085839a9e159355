"""Tables of the study in Markdown, in per cent with 95 % jackknife intervals over clips."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import numpy as np

from anomaly_cases.records import CaseScores
from kikimimi.metrics.anomaly.sections import SectionFigures, SectionScores, section_figures
from kikimimi.metrics.anomaly.summary import official_score

Score = Callable[[Sequence[SectionFigures]], float]
Pick = Callable[[CaseScores], SectionScores | None]

_NORMAL_QUANTILE = 1.959963984540054


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


class LeftOut:
    """The figures of a section, and those without each clip in turn, found once for all scores."""

    def __init__(self, section: SectionScores) -> None:
        self._section = section
        self.figures = section_figures(section)

    @cached_property
    def without(self) -> list[SectionFigures]:
        """Raises ValueError where a kind of clip occurs only once."""
        clips = range(len(self._section.scores))
        return [section_figures(self._section.without(clip)) for clip in clips]


def all_tables(records: Sequence[CaseScores]) -> Iterator[str]:
    """Every table that the records have figures for."""
    yield _overall(records)
    if any(any(record.severities) for record in records):
        yield _by(records, "severity", [*range(1, 6)], lambda r, s: r.section_scores(severity=s))
        faults = sorted({fault for record in records for fault in record.faults if fault})
        yield _by(records, "fault", faults, lambda r, f: r.section_scores(fault=f))
    for name in ("machine", "section"):
        values = sorted({getattr(record, name) for record in records})
        if len(values) > 1:
            yield _by(records, name, values, _if(name))
            yield _by(records, f"target, {name}", values, _if(name), of_target=True)


def _if(name: str) -> Callable[[CaseScores, str], SectionScores | None]:
    def pick(record: CaseScores, wanted: str) -> SectionScores | None:
        return record.section_scores() if getattr(record, name) == wanted else None

    return pick


def _overall(records: Sequence[CaseScores]) -> str:
    has_target = any(any(record.target) for record in records)
    columns = {n: s for n, s in _COLUMNS.items() if has_target or "target" not in n}
    rows = []
    for case in _cases(records):
        found = [LeftOut(s) for s in _sections(records, case, lambda r: r.section_scores())]
        cells = [_scored(found, score) if found else "-" for score in columns.values()]
        rows.append([*case, *cells])
    return _table(["features", "detector", *columns], rows)


def _by(
    records: Sequence[CaseScores],
    what: str,
    values: Sequence[int | str],
    pick: Callable[..., SectionScores | None],
    *,
    of_target: bool = False,
) -> str:
    rows = []
    for case in _cases(records):
        cells = []
        for value in values:
            sections = _sections(records, case, lambda record, value=value: pick(record, value))
            cells.append(_mean_auc(sections, of_target=of_target))
        rows.append([*case, *cells])
    return _table(["AUC by features", "detector", *(f"{what} {value}" for value in values)], rows)


def _cases(records: Sequence[CaseScores]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((record.features, record.detector) for record in records))


def _sections(
    records: Sequence[CaseScores], case: tuple[str, str], pick: Pick
) -> list[SectionScores]:
    chosen = [record for record in records if (record.features, record.detector) == case]
    found = [pick(record) for record in chosen if record.scores]
    return [section for section in found if section is not None]


def _scored(sections: Sequence[LeftOut], score: Score) -> str:
    """A score over sections; the variances that leaving their clips out causes are added."""
    figures = [section.figures for section in sections]
    variance = 0.0
    for place, section in enumerate(sections):
        others = (figures[:place], figures[place + 1 :])
        left_out = [score([*others[0], one, *others[1]]) for one in section.without]
        variance += _jackknife_variance(np.array(left_out))
    return _text(score(figures), variance)


def _mean_auc(sections: Sequence[SectionScores], *, of_target: bool) -> str:
    """The mean AUC of sections, by counting pairs: far cheaper than figures clip by clip."""
    if not sections:
        return "-"
    values, variances = [], []
    for section in sections:
        normal = ~section.anomalous & section.target if of_target else ~section.anomalous
        if min(normal.sum(), section.anomalous.sum()) < 2:
            return "-"
        above = section.scores[section.anomalous][None] - section.scores[normal][:, None]
        won = (above > 0) + 0.5 * (above == 0)
        values.append(won.mean())
        left_out = [
            (won.sum() - won.sum(axis=axis)) / (won.size - won.shape[axis]) for axis in (0, 1)
        ]
        variances.append(_jackknife_variance(np.concatenate(left_out)))
    return _text(float(np.mean(values)), float(np.sum(variances)) / len(sections) ** 2)


def _jackknife_variance(left_out: np.ndarray) -> float:
    count = len(left_out)
    return float((count - 1) / count * np.sum((left_out - left_out.mean()) ** 2))


def _text(value: float, variance: float) -> str:
    return f"{100 * value:.1f} ± {100 * _NORMAL_QUANTILE * variance**0.5:.1f}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
