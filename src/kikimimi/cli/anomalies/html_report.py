"""An evaluation as one HTML file with its pictures in it."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from kikimimi.cli.anomalies.figures import FIGURE_NAMES, FigureRow, Measured, measured_text

_HEADING, _BODY = "__HEADING__", "__BODY__"
_COLUMNS = ("section", "clips", "AUC source", "AUC target", "pAUC", "precision", "recall", "F1")
_NOTE = (
    "Figures in percent. The AUC of a domain is that of its normal clips against all anomalies of "
    "the section; pAUC is the standardised partial AUC of all clips up to a false-alarm rate of "
    "0.1. ± is half a 95 % jackknife interval over test clips: ± 0.0 means that no single clip "
    "changes the figure, not that it is certain. Precision, recall and F1 are those of the "
    "threshold, which was fitted to training clips alone, over both domains."
)


@dataclass(frozen=True, slots=True)
class MachinePictures:
    """PNG of a machine's pictures, each with its caption."""

    machine: str
    model: str
    pictures: Sequence[tuple[str, bytes]]


def html_report(
    rows: Sequence[FigureRow],
    means: Mapping[str, Measured],
    machines: Iterable[MachinePictures],
    *,
    heading: str,
) -> str:
    """The text of the report."""
    page = files("kikimimi.cli.anomalies").joinpath("report.html").read_text(encoding="utf-8")
    body = "\n".join([_table(rows, means), f"<p>{escape(_NOTE)}</p>", *map(_section, machines)])
    return page.replace(_HEADING, escape(heading)).replace(_BODY, body)


def _table(rows: Sequence[FigureRow], means: Mapping[str, Measured]) -> str:
    head = "".join(f"<th scope=col>{name}" for name in _COLUMNS)
    body = "\n".join(map(_row, rows))
    foot = ""
    if means:
        cells = "".join(f"<td>{measured_text(means.get(name))}" for name in FIGURE_NAMES)
        score = measured_text(means["score"])
        foot = (
            f"<tfoot><tr><th scope=row>harmonic mean<td>{cells}\n"
            f"<tr><th scope=row>official score<td><td>{score}</tfoot>"
        )
    return (
        f"<div class=wide><table><thead><tr>{head}</thead><tbody>\n{body}\n</tbody>{foot}"
        "</table></div>"
    )


def _row(row: FigureRow) -> str:
    figures = [measured_text(row.figures.get(name)) for name in FIGURE_NAMES]
    kept = row.decisions
    shares = [] if kept is None else [kept.precision, kept.recall, kept.f1]
    texts = [str(row.clips), *figures, *(f"{100 * share:.1f}" for share in shares)]
    name = escape(f"{row.machine} {row.section}")
    return f"<tr><th scope=row>{name}" + "".join(f"<td>{text}" for text in texts)


def _section(machine: MachinePictures) -> str:
    figures = "\n".join(_figure(caption, data) for caption, data in machine.pictures)
    name, model = escape(machine.machine), escape(machine.model)
    return f"<section><h2>{name}</h2>\n<p>model {model}</p>\n{figures}\n</section>"


def _figure(caption: str, data: bytes) -> str:
    text, image = escape(caption), base64.b64encode(data).decode("ascii")
    return (
        f'<figure><figcaption>{text}</figcaption><img alt="{text}" '
        f'src="data:image/png;base64,{image}"></figure>'
    )
