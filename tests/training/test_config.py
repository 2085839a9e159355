from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kikimimi.errors import ConfigError
from kikimimi.training.config import load_recipe


@dataclass(frozen=True)
class Inner:
    rate: float = 0.1
    sizes: tuple[int, ...] = (1,)


@dataclass(frozen=True)
class Recipe:
    epochs: int = 1
    inner: Inner = field(default_factory=Inner)


def _load(tmp_path: Path, text: str) -> Recipe:
    path = tmp_path / "recipe.yaml"
    path.write_text(text)
    return load_recipe(path, Recipe)


def test_values_are_read_and_the_rest_keeps_its_default(tmp_path: Path) -> None:
    recipe = _load(tmp_path, "inner: {sizes: [2, 3], rate: 1}")
    assert recipe == Recipe(epochs=1, inner=Inner(rate=1.0, sizes=(2, 3)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epoch: 3", "unknown key 'epoch'; did you mean 'epochs'"),
        ("inner: {raet: 1}", "unknown key 'raet'; did you mean 'rate'"),
        ("epochs: many", "epochs must be int"),
        ("- 1", "mapping"),
        ("a: [", "not valid YAML"),
        ("epochs: !!python/object/apply:os.getcwd []", "not valid YAML"),
    ],
)
def test_a_wrong_recipe_is_refused_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=r"recipe\.yaml") as caught:
        _load(tmp_path, text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_recipe_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.yaml"):
        load_recipe(tmp_path / "absent.yaml", Recipe)
