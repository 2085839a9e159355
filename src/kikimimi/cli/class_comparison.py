"""Distances between kinds of sound: computed, and shown as tables, JSON lines and files."""

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kikimimi.cli.output import print_json, print_message, print_table, tag_text
from kikimimi.cli.progress import busy
from kikimimi.cli.sound_classes import SoundClasses, groups_of
from kikimimi.encoders.vocabulary import Language
from kikimimi.errors import LibraryError, QueryError
from kikimimi.files import draft_of
from kikimimi.paths import display_path

if TYPE_CHECKING:
    from kikimimi.metrics.agreement import Agreement
    from kikimimi.metrics.distance_matrix import Matrix, Measure


_FIGURE_TITLES = {
    "nearest": "nearest kind is of the same group",
    "map": "mean average precision of the group",
    "purity": "purity of the tree",
    "rand": "adjusted Rand index of the tree, cut",
}


class ClassComparison:
    """The distances (K, K) between K classes, and how to show them."""

    def __init__(self, found: SoundClasses, names: list[str], measure: "Measure") -> None:
        from kikimimi.metrics.agreement import agreement
        from kikimimi.metrics.distance_matrix import distance_matrix

        self.found = found
        self.names = names
        self.measure = measure
        self.groups = groups_of(names)
        clouds = [found.clouds[name] for name in names]
        try:
            with busy("Comparing"):
                self.matrix: Matrix = distance_matrix(clouds, name=measure.name)
        except ArithmeticError as error:
            raise QueryError(f"{error}; lower --most") from None
        self.agreement: tuple[Agreement, ...] = ()
        if self.groups is not None and 1 < len(set(self.groups)) < len(names):
            self.agreement = agreement(self.matrix, self.groups)

    def print_json_lines(self) -> None:
        """Print every pair, nearest first, then what was compared and the agreement."""
        for distance, first, second in self._pairs():
            pair = {"first": self.names[first], "second": self.names[second]}
            print_json({**pair, "distance": round(distance, 6)})
        figures = {
            each.name: {
                "value": round(each.value, 6),
                "chance": round(each.chance, 6),
                "p_value": round(each.p_value, 6),
            }
            for each in self.agreement
        }
        print_json({**self._summary(), "agreement": figures})

    def print_tables(self, limit: int, language: Language) -> None:
        """Print the nearest and the farthest pairs, then the agreement."""
        pairs = list(enumerate(self._pairs(), start=1))
        shown = pairs if len(pairs) <= 2 * limit else pairs[:limit] + pairs[-limit:]
        titles = _titles(self.names, language)
        rows = [
            (str(rank), f"{distance:.4g}", titles[first], titles[second])
            for rank, (distance, first, second) in shown
        ]
        print_table(("rank", "distance", "kind", "kind"), rows, right=("rank", "distance"))
        figures = [
            (_FIGURE_TITLES[f.name], f"{f.value:.3f}", f"{f.chance:.3f}", f"{f.p_value:.3f}")
            for f in self.agreement
        ]
        if figures:
            columns = ("agreement with major categories", "value", "by chance", "p")
            print_table(columns, figures, right=columns[1:])
        counts = [len(self.found.clouds[name]) for name in self.names]
        print_message(
            f"{self.found.source}: {len(counts)} kinds of {_span(counts)} sounds, "
            f"{self.measure.title}, encoder {self.found.encoder}"
        )

    def write(
        self,
        csv_path: Path | None,
        picture: Path | None,
        dendrogram: Path | None,
        language: Language,
    ) -> None:
        """Write the files that were asked for.

        Raises:
            LibraryError: one cannot be written.
        """
        if csv_path is not None:
            _write(csv_path, self._write_csv)
        if picture is not None or dendrogram is not None:
            self._draw(picture, dendrogram, language)

    def _write_csv(self, path: Path) -> None:
        with draft_of(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([self.measure.name, *self.names])
            for name, row in zip(self.names, self.matrix, strict=True):
                writer.writerow([name, *(f"{value:.9g}" for value in row)])

    def _draw(self, picture: Path | None, dendrogram: Path | None, language: Language) -> None:
        from kikimimi.metrics.agreement import class_tree
        from kikimimi.pictures.dendrogram import draw_dendrogram
        from kikimimi.pictures.distance_matrix import draw_distance_matrix

        tree = class_tree(self.matrix)
        labels = _drawn_labels(self.names, language)
        look: dict[str, Any] = {
            "groups": self.groups,
            "title": f"{self.found.source}, encoder {self.found.encoder.partition('@')[0]}",
            "measure": self.measure.title,
        }
        if picture is not None:
            _write(
                picture,
                lambda path: draw_distance_matrix(path, self.matrix, labels, tree=tree, **look),
            )
        if dendrogram is not None:
            _write(dendrogram, lambda path: draw_dendrogram(path, tree, labels, **look))

    def _pairs(self) -> list[tuple[float, int, int]]:
        indices = combinations(range(len(self.names)), 2)
        return sorted((float(self.matrix[pair]), *pair) for pair in indices)

    def _summary(self) -> dict[str, Any]:
        return {
            "measure": self.measure.name,
            "encoder": self.found.encoder,
            "sounds": {name: len(self.found.clouds[name]) for name in self.names},
        }


def _span(counts: Sequence[int]) -> str:
    least, largest = min(counts), max(counts)
    return str(least) if least == largest else f"{least} to {largest}"


def _titles(names: Sequence[str], language: Language) -> list[str]:
    """Names for people; tags of two vocabularies with one name have the vocabulary beside it."""
    titles = [tag_text(name, language) for name in names]
    counts = Counter(title.casefold() for title in titles)
    return [
        title if counts[title.casefold()] == 1 else f"{title} ({name.partition('/')[0]})"
        for name, title in zip(names, titles, strict=True)
    ]


def _drawn_labels(names: Sequence[str], language: Language) -> list[str]:
    """Names to draw; English ones, with a message, where no installed font has Japanese."""
    from kikimimi.pictures.fonts import can_draw

    labels = _titles(names, language)
    if language != "en" and not can_draw(labels):
        print_message(
            "no installed font has Japanese, so the picture has the English names; "
            "install one, such as Noto Sans CJK JP"
        )
        labels = _titles(names, "en")
    if not can_draw(labels):
        print_message("no installed font has some characters of the names; they are drawn as □")
    return labels


def _write(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` write a file, and say in one line if it cannot.

    Raises:
        LibraryError: the file cannot be written.
    """
    try:
        write(path)
    except OSError as error:
        raise LibraryError(
            f"cannot write {display_path(path)}: {error.strerror}; choose another place"
        ) from None
    print_message(f"written: {display_path(path)}")
