import pytest

from kikimimi.cleaning.presets import load_preset, parse_preset, preset_names
from kikimimi.errors import ConfigError


def parsed(text):
    return parse_preset(text, name="test", where="test.yaml")


@pytest.mark.parametrize("name", preset_names())
def test_every_shipped_preset_can_be_loaded(name):
    preset = load_preset(name)
    assert preset.name == name
    assert preset.description
    assert load_preset(f"{name}.yaml") == preset


def test_stages_keep_their_order_and_may_stand_twice():
    preset = parsed("""
        stages:
          - low_pass
          - high_pass: {cutoff_hz: 80, order: 2}
          - high_pass: {cutoff_hz: 1e2, bypass: true}
    """)
    names = [step.stage.name for step in preset.steps]
    assert names == ["low_pass", "high_pass", "high_pass"]
    assert (preset.steps[1].stage.cutoff_hz, preset.steps[2].stage.cutoff_hz) == (80, 100)
    assert [step.bypass for step in preset.steps] == [False, False, True]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("stages: [hi_pass]", "stage 1: there is no 'hi_pass'; did you mean 'high_pass'"),
        ("stages: [low_pass, {high_pass: {cutof_hz: 3}}]", "stage 2: high_pass.*'cutoff_hz'"),
        ("stages: [{high_pass: {cutoff_hz: low}}]", "cutoff_hz must be float, but is 'low'"),
        (
            "stages: [{high_pass: {cutoff_hz: -3}}]",
            "cutoff_hz must be from 1 to 1e\\+06, but is -3",
        ),
        ("stages: [{high_pass: {cutoff_hz: .nan}}]", "cutoff_hz"),
        ("stages: [{high_pass: {bypass: maybe}}]", "bypass must be true or false"),
        ("stages: [{high_pass: 80}]", "settings of high_pass must be a mapping"),
        ("stages: [{high_pass: {}, low_pass: {}}]", "stage 1: write a name"),
        ("stages: [3]", "stage 1: write a name"),
        ("stages: []", "'stages' must be a list"),
        ("stage: [high_pass]", "unknown key 'stage'; did you mean 'stages'"),
        ("- high_pass", "a preset is a mapping"),
        ("", "a preset is a mapping"),
        ("stages: [high_pass", "not valid YAML"),
        ("stages: [{high_pass: {order: 2, order: 3}}]", "the key 'order' stands twice"),
        ("stages: [!!python/name:os.system x]", "not valid YAML"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text, complaint):
    with pytest.raises(ConfigError, match=complaint) as caught:
        parsed(text)
    assert str(caught.value).startswith("test.yaml: ")
    assert "\n" not in str(caught.value)


def test_an_unknown_preset_names_the_nearest(tmp_path):
    with pytest.raises(ConfigError, match="there is no preset 'feild'; did you mean 'field'"):
        load_preset("feild")
    with pytest.raises(ConfigError, match="there is no preset"):
        load_preset(tmp_path / "field.yaml")


def test_a_file_comes_before_the_shipped_preset(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "field.yaml").write_text("stages: [low_pass]")
    assert [step.stage.name for step in load_preset("field.yaml").steps] == ["low_pass"]


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "x.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not a text in UTF-8"):
        load_preset(tmp_path / "x.yaml")
