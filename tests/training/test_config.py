import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kikimimi.errors import ConfigError
from kikimimi.training.config import build, load_recipe, recipe_text, resolved
from kikimimi.training.loop import LoopSettings
from kikimimi.training.optimisers import OptimiserSettings
from kikimimi.training.schedules import ScheduleSettings
from kikimimi.training.yaml_text import parse_yaml


@dataclass(frozen=True)
class Inner:
    rate: float = 0.1
    sizes: tuple[int, ...] = (1,)


@dataclass(frozen=True)
class Recipe:
    epochs: int = 1
    inner: Inner = field(default_factory=Inner)
    name: str = "x"
    on: bool = False
    clip: float | None = None
    precision: Literal["32-true", "bf16-mixed"] = "32-true"
    betas: tuple[float, float] = (0.9, 0.999)
    network: dict[str, Any] = field(default_factory=dict)
    multipliers: dict[str, float] = field(default_factory=dict)
    folder: Path = Path()


@dataclass(frozen=True)
class Demanding:
    epochs: int


def _write(tmp_path: Path, text: str, name: str = "recipe.yaml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def _load(tmp_path: Path, text: str, *overrides: str) -> Recipe:
    return load_recipe(_write(tmp_path, text), Recipe, overrides=overrides)


def test_values_are_read_and_the_rest_keeps_its_default(tmp_path: Path) -> None:
    recipe = _load(tmp_path, "inner: {sizes: [2, 3], rate: 1}")
    assert recipe == Recipe(epochs=1, inner=Inner(rate=1.0, sizes=(2, 3)))


def test_every_kind_of_field_is_read(tmp_path: Path) -> None:
    recipe = _load(
        tmp_path,
        "{clip: 1e-3, precision: bf16-mixed, betas: [0, 1], folder: a/b, on: true,"
        " network: {depth: 3, sizes: [1, [2]]}, multipliers: {backbone: 1}}",
    )
    assert recipe == Recipe(
        clip=0.001,
        precision="bf16-mixed",
        betas=(0.0, 1.0),
        folder=Path("a/b"),
        on=True,
        network={"depth": 3, "sizes": (1, (2,))},
        multipliers={"backbone": 1.0},
    )
    assert isinstance(recipe.multipliers["backbone"], float)
    assert _load(tmp_path, "clip: null").clip is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epoch: 3", "unknown key 'epoch'; did you mean 'epochs'"),
        ("inner: {raet: 1}", "unknown key 'raet'; did you mean 'rate'"),
        ("zzz: 1", "known: epochs, inner, name"),
        ("epochs: many", "epochs must be int"),
        ("epochs: true", "epochs must be int, but is True"),
        ("epochs: 1.5", "epochs must be int"),
        ("epochs: null", "epochs must be int"),
        ("inner: 3", "inner must be a mapping"),
        ("inner: {rate: fast}", "inner: rate must be float"),
        ("inner: {rate: .nan}", "inner: rate must be float"),
        ("inner: {sizes: [1, two]}", "sizes[1] must be int"),
        ("inner: {sizes: 3}", "sizes must be a list"),
        ("inner: {sizes: '12'}", "sizes must be a list"),
        ("name: 3", "name must be str"),
        ("name: 2024-01-01", "put it in quotes"),
        ("on: 1", "on must be bool"),
        ("clip: big", "clip must be float"),
        ("precision: '16'", "precision must be one of 32-true, bf16-mixed, but is '16'"),
        ("betas: [0.9]", "betas must have 2 items, but has 1"),
        ("multipliers: {a: b}", "multipliers.a must be float"),
        ("network: [1]", "network must be a mapping"),
        ("on: yes", "on must be bool, but is 'yes'"),
        ("1: 2", "must be text"),
        ("network: " + "[" * 40 + "]" * 40, "nested more than 32 deep"),
        ("epochs: 1\nepochs: 2", "the key 'epochs' stands twice"),
        ("network: &a {x: *a}", "aliases (*name) are not read"),
        ("- 1", "mapping"),
        ("", "mapping"),
        ("a: [", "not valid YAML"),
        ("network: " + "[" * 1500, "not valid YAML"),
        ("epochs: !!python/object/apply:os.getcwd []", "not valid YAML"),
        ("a: \x00", "not valid YAML"),
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


def test_what_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "weights.yaml").write_bytes(b"\xff\xfe\x80")
    with pytest.raises(ConfigError, match=r"weights\.yaml: not a text"):
        load_recipe(tmp_path / "weights.yaml", Recipe)


def test_a_key_without_default_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the key 'epochs' is missing"):
        load_recipe(_write(tmp_path, "{}"), Demanding)


def test_what_a_dataclass_itself_refuses_is_told_with_the_file(tmp_path: Path) -> None:
    path = _write(tmp_path, "epochs: 0")
    with pytest.raises(ConfigError, match=r"recipe\.yaml: epochs and checkpoint_every"):
        load_recipe(path, LoopSettings)


class TestBase:
    def test_a_recipe_holds_what_differs_from_its_base(self, tmp_path: Path) -> None:
        _write(tmp_path, "{epochs: 5, inner: {rate: 0.5, sizes: [1, 2]}, name: a}", "base.yaml")
        (tmp_path / "sub").mkdir()
        _write(tmp_path, "{base: ../base.yaml, inner: {sizes: [9]}}", "sub/middle.yaml")
        recipe = _load(tmp_path, "{base: sub/middle.yaml, name: b}")
        assert recipe == Recipe(epochs=5, inner=Inner(0.5, (9,)), name="b")

    @pytest.mark.parametrize("base", ["recipe.yaml", "./recipe.yaml", "other.yaml"])
    def test_a_circle_is_refused(self, tmp_path: Path, base: str) -> None:
        _write(tmp_path, "base: recipe.yaml", "other.yaml")
        with pytest.raises(ConfigError, match="cannot be its own base"):
            _load(tmp_path, f"base: {base}")

    def test_a_missing_base_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match=r"nowhere\.yaml: No such file"):
            _load(tmp_path, "base: nowhere.yaml")
        with pytest.raises(ConfigError, match="base must be the path"):
            _load(tmp_path, "base: [a.yaml]")

    def test_an_error_names_the_base_too(self, tmp_path: Path) -> None:
        _write(tmp_path, "epohcs: 5", "base.yaml")
        with pytest.raises(ConfigError, match=r"recipe\.yaml \(with .*base\.yaml\): unknown key"):
            _load(tmp_path, "base: base.yaml")


class TestOverrides:
    def test_they_come_last_and_are_yaml(self, tmp_path: Path) -> None:
        recipe = _load(
            tmp_path,
            "{epochs: 5, inner: {rate: 0.5, sizes: [3]}}",
            "inner.rate=1e-3",
            "inner.sizes=[4, 5]",
            "clip=2",
            "clip=null",
            "name=a=b",
            "network.deep.er=true",
        )
        assert recipe == Recipe(
            epochs=5, inner=Inner(0.001, (4, 5)), name="a=b", network={"deep": {"er": True}}
        )

    @pytest.mark.parametrize(
        ("override", "message"),
        [
            ("epochs", "key.sub=value"),
            ("=3", "key.sub=value"),
            ("inner.=3", "key.sub=value"),
            ("inner.raet=3", "unknown key 'raet'; did you mean 'rate'"),
            ("epochs=[", "'epochs=[': not valid YAML"),
            ("epochs=many", "epochs must be int"),
            ("epochs=", "epochs must be int"),
            ("epochs.deep=3", "epochs must be int"),
        ],
    )
    def test_a_wrong_one_is_refused(self, tmp_path: Path, override: str, message: str) -> None:
        with pytest.raises(ConfigError) as caught:
            _load(tmp_path, "{}", override)
        assert message in str(caught.value)
        assert "\n" not in str(caught.value)


_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
_FLOATS = st.floats(allow_nan=False)
_RECIPES = st.builds(
    Recipe,
    epochs=st.integers(),
    inner=st.builds(Inner, _FLOATS, st.lists(st.integers()).map(tuple)),
    name=st.text()
    | st.sampled_from(
        ["1e3", "null", "yes", "2024-01-01", "[", "0x1", "~", "1_0", "\x85", "\u2028a"]
    ),
    on=st.booleans(),
    clip=st.none() | _FLOATS,
    precision=st.sampled_from(["32-true", "bf16-mixed"]),
    betas=st.tuples(_FLOATS, _FLOATS),
    network=st.dictionaries(st.text(), _PLAIN, max_size=3),
    multipliers=st.dictionaries(st.text(), _FLOATS, max_size=3),
    folder=st.sampled_from([Path("a/b"), Path("/x"), Path()]),
)


@settings(max_examples=60, deadline=None)
@given(_RECIPES)
def test_what_is_written_is_read_as_equal(recipe: Recipe) -> None:
    values = parse_yaml(recipe_text(recipe), where="text")
    assert build(Recipe, values, where="text") == recipe
    assert resolved(recipe) == values


@pytest.mark.parametrize("kind", [LoopSettings, OptimiserSettings, ScheduleSettings])
def test_the_settings_of_a_training_can_be_written(tmp_path: Path, kind: type) -> None:
    path = _write(tmp_path, recipe_text(kind()))
    assert load_recipe(path, kind) == kind()


def test_infinity_is_a_number(tmp_path: Path) -> None:
    assert _load(tmp_path, "clip: .inf").clip == math.inf
