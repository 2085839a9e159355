"""Files of rules: what they may say, and how they are refused."""

from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikimimi.encoders.detection.registry import create_detector
from kikimimi.errors import ConfigError
from kikimimi.listening.rules.config import (
    load_rules,
    make_actions,
    parse_rules,
    shipped_rules,
)
from kikimimi.listening.rules.hours import Hours, parse_hours
from kikimimi.listening.rules.watch import RuleWatch
from kikimimi.listening.sensors.events import EventSensor

GOOD = """
time_zone: Asia/Tokyo
actions:
  log: {kind: json_lines, path: alerts.jsonl}
rules:
  - name: glass
    event: [glass breaking, ガラス]
    score: 0.4
    quiet_hours: ["22:00-06:30"]
    actions: [log]
  - {name: loud, level: LAF, above_db: 80, duration_s: 2}
  - {name: machine, anomaly: true, count: 3, window_s: 60}
"""


def test_a_file_says_what_it_says():
    file = parse_rules(GOOD, where="my.yaml")
    assert [rule.kind for rule in file.rules] == ["event", "level", "anomaly"]
    assert file.rules[0].words == ("glass breaking", "ガラス")
    assert file.rules[0].hours == (Hours(22 * 60, 6 * 60 + 30),)
    assert str(file.zone) == "Asia/Tokyo"
    assert list(make_actions(file, where="my.yaml")) == ["log"]


RULE = "rules: [{{name: a, event: siren, {}}}]"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (RULE.format("hold_of_s: 3"), "rule 1 ('a'): unknown key 'hold_of_s'; did you mean 'hold_"),
        ("rules: []\nactionz: {}", "unknown key 'actionz'; did you mean 'actions'?"),
        (RULE.format("score: 1.5"), "score of an event lies in [0, 1)"),
        (RULE.format("score: .nan"), "score must be float"),
        (RULE.format("above_db: 3"), "above_db is for levels"),
        (RULE.format("level: LAF"), "say one of event, level and anomaly"),
        (RULE.format("count: 0"), "count must be 1 or more"),
        (RULE.format("duration_s: -1"), "times must be 0 s or more"),
        (RULE.format('quiet_hours: ["25:00-03:00"]'), "no such time of the day"),
        (RULE.format("quiet_hours: [night]"), "hours are written 22:00-06:30"),
        (RULE.format("actions: [mail]"), "there is no action 'mail'"),
        ("rules: [{name: a, level: LAX, above_db: 3}]", "did you mean 'LAS'"),
        ("rules: [{name: a, level: LAF}]", "needs above_db"),
        ("rules: [{name: a}]", "say one of"),
        ("rules: [{event: siren}]", "the key 'name' is missing"),
        ("rules: [{name: a, event: []}]", "names no event"),
        ("rules: [siren]", "rule 1: a rule is a mapping"),
        ("rules: siren", "must be a list of rules"),
        ("rules: []", "there are no rules"),
        ("- a", "a mapping with a list"),
        ("rules: [{", "not valid YAML"),
        (RULE.format("") + "\ntime_zone: Asia/Tokio", "there is no time zone 'Asia/Tokio'"),
        ("rules: [{name: a, anomaly: true}, {name: a, anomaly: true}]", "two rules are named 'a'"),
    ],
)
def test_what_no_rule_can_say_is_refused_in_one_line_that_names_the_file(text, complaint):
    with pytest.raises(ConfigError) as refused:
        parse_rules(text, where="my.yaml")
    message = str(refused.value)
    assert message.startswith("my.yaml: ") and complaint in message and "\n" not in message


@pytest.mark.parametrize(
    ("action", "complaint"),
    [
        (
            "{kind: webhoook, url: 'http://a'}",
            "there is no kind 'webhoook'; did you mean 'webhook'",
        ),
        ("{kind: webhook, urll: 'http://a'}", "unknown key 'urll'; did you mean 'url'"),
        ("{kind: webhook}", "the key 'url' is missing"),
        ("{kind: webhook, url: 'ftp://a'}", "no address of a receiver"),
        ("{kind: webhook, url: 'http://a', headers: {A: $NO_SUCH_VARIABLE}}", "NO_SUCH_VARIABLE"),
        ("{kind: command, arguments: notify}", "must be a list"),
        ("{kind: command, arguments: []}", "name no program"),
        ("{kind: snippet, folder: a, pre_roll_s: -1}", "pre_roll_s"),
        ("{url: 'http://a'}", "write its kind"),
        ("webhook", "write its kind"),
    ],
)
def test_actions_that_cannot_be_made_are_refused_by_name(action, complaint):
    file = parse_rules(f"{RULE.format('')}\nactions: {{web: {action}}}", where="my.yaml")
    with pytest.raises(ConfigError) as refused:
        make_actions(file, where="my.yaml")
    assert str(refused.value).startswith("my.yaml: action 'web'")
    assert complaint in str(refused.value)


@pytest.mark.parametrize("name", ["stret", "no/such.yaml"])
def test_a_file_that_is_not_there_is_named(name):
    with pytest.raises(ConfigError, match="there is no file of rules") as refused:
        load_rules(name)
    assert "street" in str(refused.value)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not a text in UTF-8"):
        load_rules(tmp_path / "a.yaml")


@pytest.mark.parametrize("name", shipped_rules())
def test_shipped_rules_name_only_what_the_default_encoder_knows(name):
    file, _ = load_rules(name)
    detector = create_detector("kikimimi")
    sensor = EventSensor(detector)
    known = 0
    for rule in file.rules:
        known += len(RuleWatch(rule, sensor).labels)
        for word in rule.words:
            assert RuleWatch(type(rule)(rule.name, event=word), sensor).labels
    assert known >= len(file.rules)


def test_shipped_rules_can_be_copied(tmp_path, monkeypatch):
    original = Path(load_rules("street")[1])
    copy = tmp_path / "mine.yaml"
    copy.write_text(original.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load_rules("mine.yaml")[0] == load_rules("street")[0]


def test_a_word_that_nobody_knows_is_refused_and_the_nearest_named():
    rule = parse_rules("rules: [{name: a, event: Sirenn}]", where="x").rules[0]
    with pytest.raises(ConfigError, match=r"rule 'a'.*'Sirenn'; did you mean 'Siren'"):
        RuleWatch(rule, EventSensor(create_detector("kikimimi")))


@given(first=st.integers(0, 1439), last=st.integers(0, 1440), minute=st.integers(0, 1439))
def test_hours_hold_what_lies_between_on_the_clock(first, last, minute):
    if first == last:
        return
    hours = parse_hours(f"{first // 60:02}:{first % 60:02}-{last // 60:02}:{last % 60:02}")
    is_whole_day = first == 0 and last == 1440
    lies_between = (minute - first) % 1440 < (last - first) % 1440
    assert hours.hold(time(minute // 60, minute % 60)) == (is_whole_day or lies_between)
