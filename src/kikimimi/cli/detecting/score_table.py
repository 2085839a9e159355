"""The table of scores of one recording, written while it is heard.

As sed_scores_eval has it: tab-separated, a row a frame, `onset`, `offset` and a column a class.

Axes: N frames, K classes.
"""

from collections.abc import Sequence
from typing import TextIO

from kikimimi.errors import QueryError
from kikimimi.paths import display_path
from kikimimi.types import FloatArray

_FORBIDDEN = ("\t", "\n", "\r")


class ScoreTable:
    """Writes rows to an open file.

    Args:
        file: takes text.
        labels: the K columns.
        frame_hop_s: length of a frame.

    Raises:
        QueryError: a label has a character that the table cannot hold.
    """

    def __init__(self, file: TextIO, labels: Sequence[str], *, frame_hop_s: float) -> None:
        for label in labels:
            if any(mark in label for mark in _FORBIDDEN):
                raise QueryError(
                    f"the label '{display_path(label)}' has a tab or line break, which a table of "
                    "scores cannot hold; choose another format"
                )
        self._file = file
        self._hop_s = frame_hop_s
        self._frame = 0
        self._row = "\t".join(["%.6f"] * 2 + ["%.6g"] * len(labels)) + "\n"
        file.write("\t".join(("onset", "offset", *labels)) + "\n")

    def add(self, scores: FloatArray) -> None:
        """Write the next scores (N, K)."""
        for row in scores.tolist():
            onset_s, offset_s = self._frame * self._hop_s, (self._frame + 1) * self._hop_s
            self._file.write(self._row % (onset_s, offset_s, *row))
            self._frame += 1
