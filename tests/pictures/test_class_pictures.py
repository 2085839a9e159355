"""Heat map and dendrogram: what is in the file, and that a fault leaves none."""

import struct
import subprocess
import sys
import warnings
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from scipy.cluster.hierarchy import dendrogram, linkage
from scipy.spatial.distance import pdist, squareform

from kikimimi.pictures import fonts
from kikimimi.pictures.colours import GROUP_COLOURS, group_colours
from kikimimi.pictures.dendrogram import draw_dendrogram
from kikimimi.pictures.distance_matrix import draw_distance_matrix
from kikimimi.pictures.trees import tree_layout

POINTS = np.random.default_rng(0).standard_normal((6, 2))
DISTANCES = squareform(pdist(POINTS))
TREE = linkage(pdist(POINTS), "average", optimal_ordering=True)
LABELS = ["dog", "cat & mouse", "cost $5$", "<b>", "rain", "bell"]
GROUPS = ["animals", "animals", "things", "things", "things", "things"]


def draw_both(folder: Path, suffix: str, labels=LABELS, **options) -> tuple[Path, Path]:
    heat_map, tree = folder / f"map{suffix}", folder / f"tree{suffix}"
    draw_distance_matrix(heat_map, DISTANCES, labels, tree=TREE, **options)
    draw_dendrogram(tree, TREE, labels, **options)
    return heat_map, tree


def texts_of(path: Path) -> list[str]:
    root = ElementTree.parse(path).getroot()
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


def test_svg_holds_every_label_group_and_title(tmp_path: Path) -> None:
    paths = draw_both(tmp_path, ".svg", groups=GROUPS, title="Six", measure="Fréchet distance")
    for path, times in zip(paths, (2, 1), strict=True):
        texts = texts_of(path)
        for label in LABELS:
            assert texts.count(label) == times  # the map names its rows and its columns
        assert {"animals", "things", "Six", "Fréchet distance"} <= set(texts)


def test_rows_of_the_svg_are_in_the_order_of_the_tree(tmp_path: Path) -> None:
    _, tree = draw_both(tmp_path, ".svg")
    shown = [text for text in texts_of(tree) if text in LABELS]
    expected = dendrogram(TREE, no_plot=True)["leaves"]
    assert shown == [LABELS[leaf] for leaf in expected]


def test_the_same_drawing_gives_the_same_bytes(tmp_path: Path) -> None:
    for suffix in (".svg", ".png"):
        first, _ = draw_both(tmp_path, suffix)
        before = first.read_bytes()
        draw_both(tmp_path, suffix)
        assert first.read_bytes() == before


def test_png_grows_with_the_number_of_classes(tmp_path: Path) -> None:
    sizes = []
    for count in (2, 50):
        points = np.random.default_rng(1).standard_normal((count, 3))
        path = tmp_path / f"{count}.PNG"
        tree = linkage(pdist(points), "average")
        labels = [f"class {index}" for index in range(count)]
        draw_distance_matrix(path, squareform(pdist(points)), labels, tree=tree)
        head = path.read_bytes()[:24]
        assert head.startswith(b"\x89PNG")
        sizes.append(struct.unpack(">II", head[16:])[1])
    assert sizes[0] < sizes[1]


def test_layout_is_scipy_s_dendrogram() -> None:
    layout = tree_layout(TREE, GROUPS)
    drawn = dendrogram(TREE, no_plot=True)
    assert layout.order.tolist() == drawn["leaves"]
    ours = {tuple(np.round(bracket[:, 0], 9)) for bracket in layout.brackets}
    theirs = {tuple(np.round(heights, 9)) for heights in drawn["dcoord"]}
    assert {tuple(sorted(b)) for b in ours} == {tuple(sorted(b)) for b in theirs}
    # SciPy draws leaf r at 5 + 10 r
    middles = sorted(np.round(bracket[1:3, 1].mean(), 9) for bracket in layout.brackets)
    assert middles == sorted(np.round((np.mean(i[1:3]) - 5) / 10, 9) for i in drawn["icoord"])


def test_a_branch_belongs_to_a_group_if_all_its_leaves_do() -> None:
    line = np.array([[0.0], [1.0], [10.0], [11.5]])
    tree = linkage(pdist(line), "average")
    assert tree_layout(tree, ["a", "a", "b", "c"]).owners == ("a", None, None)
    assert tree_layout(tree, ["a", "a", "b", "b"]).owners == ("a", "b", None)
    assert tree_layout(tree).owners == (None, None, None)


def test_more_groups_than_colours_are_drawn_without(tmp_path: Path) -> None:
    assert group_colours([str(number) for number in range(len(GROUP_COLOURS) + 1)]) == {}
    assert len(set(group_colours(["a", "b", "a"]).values())) == 2


def test_japanese_without_a_font_gives_boxes_and_no_warnings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    base = [next(item for item in fonts._font_files() if item[0] == fonts.BASE_FAMILY)]
    monkeypatch.setattr(fonts, "_font_files", lambda: iter(base))
    fonts._coverage.cache_clear()
    try:
        assert not fonts.can_draw(["猫"])
        assert fonts.can_draw(["Fréchet"])
        labels = ["猫", "犬 dog", *LABELS[2:]]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            draw_both(tmp_path, ".png", labels)
            _, tree = draw_both(tmp_path, ".svg", labels)
        assert {"□", "□ dog"} <= set(texts_of(tree))
        assert not caplog.records
    finally:
        fonts._coverage.cache_clear()


def test_japanese_with_a_font_is_drawn_as_it_is(tmp_path: Path) -> None:
    if not fonts.can_draw(["猫"]):
        pytest.skip("no installed font has Japanese")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, tree = draw_both(tmp_path, ".svg", ["猫", *LABELS[1:]])
    assert "猫" in texts_of(tree)


def test_labels_stay_on_one_short_line() -> None:
    assert fonts.label_text("two\nlines") == "two\\nlines"
    assert len(fonts.label_text("x" * 200)) == 40
    fonts.label_text("broken \udcff name")


@pytest.mark.parametrize(
    ("name", "labels", "groups", "message"),
    [
        ("x.jpg", LABELS, None, "png"),
        ("x.png", LABELS[1:], None, "labels"),
        ("x.png", LABELS, GROUPS[1:], "groups"),
    ],
)
def test_wrong_calls_leave_no_file(tmp_path: Path, name, labels, groups, message) -> None:
    with pytest.raises(ValueError, match=message):
        draw_dendrogram(tmp_path / name, TREE, labels, groups=groups)
    with pytest.raises(ValueError, match=message):
        draw_distance_matrix(tmp_path / name, DISTANCES, labels, tree=TREE, groups=groups)
    assert not list(tmp_path.iterdir())


def test_importing_pictures_does_not_load_matplotlib() -> None:
    code = (
        "import sys, kikimimi.pictures.dendrogram, kikimimi.pictures.distance_matrix; "
        "print('matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
