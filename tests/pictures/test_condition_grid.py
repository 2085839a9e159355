"""The grid of accuracies under recording conditions."""

import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from kikimimi.pictures.condition_grid import draw_condition_grid, main

_SCORES = {
    "systems": {
        "autoencoder, linear": {"clean": {"accuracy": 0.512}, "room_small": {"accuracy": 0.25}},
        "default, linear": {"clean": {"accuracy": 0.9}},
    }
}


def _write(folder: Path, content: str) -> Path:
    path = folder / "scores.json"
    path.write_text(content)
    return path


def test_every_figure_and_name_is_in_the_picture(tmp_path: Path) -> None:
    picture = tmp_path / "grid.svg"
    assert main([str(_write(tmp_path, json.dumps(_SCORES))), str(picture)]) == 0
    root = ElementTree.parse(picture).getroot()
    texts = [e.text or "" for e in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"51.2", "25.0", "90.0", "clean", "room_small"} <= set(texts)
    assert any("autoencoder" in text for text in texts)
    assert "nan" not in texts


def test_a_png_can_be_opened(tmp_path: Path) -> None:
    picture = tmp_path / "grid.png"
    assert main([str(_write(tmp_path, json.dumps(_SCORES))), str(picture)]) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"systems": {"a": 3}}', '{"systems": {}}'])
def test_what_holds_no_scores_is_refused_in_one_line(tmp_path: Path, capsys, content: str) -> None:
    picture = tmp_path / "grid.png"
    assert main([str(_write(tmp_path, content)), str(picture)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not picture.exists()


def test_wrong_places_are_refused_in_one_line(tmp_path: Path, capsys) -> None:
    scores = _write(tmp_path, json.dumps(_SCORES))
    assert main([str(tmp_path / "absent.json"), str(tmp_path / "grid.png")]) == 2
    assert main([str(scores), str(tmp_path / "grid.bmp")]) == 2
    assert main([str(scores), str(tmp_path / "no folder" / "grid.png")]) == 2
    assert capsys.readouterr().err.count("\n") == 3


def test_figures_that_do_not_agree_with_the_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2 conditions and 1 systems"):
        draw_condition_grid(
            tmp_path / "x.png", np.zeros((1, 1)), conditions=["a", "b"], systems=["c"]
        )
