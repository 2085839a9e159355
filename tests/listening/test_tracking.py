"""From scores to happenings, and from happenings to fulfilled rules."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikimimi.listening.contract import Kind, Scores, Sensor
from kikimimi.listening.rules.rule import Rule
from kikimimi.listening.rules.watch import RuleWatch
from kikimimi.listening.tracking import EachLabel, Tracker, default_releases

HOP_S = 0.5
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


class TwoLabels(Sensor):
    """A sensor that knows two sounds."""

    kind: Kind = "event"
    labels = ("Siren", "Knock")
    thresholds = np.array([0.5, 0.5], np.float32)

    def start(self, sound):
        raise NotImplementedError

    def push(self, samples, mono):
        raise NotImplementedError


def scores(values, start_s=0.0) -> Scores:
    array = np.array(values, np.float32)
    return Scores(start_s, HOP_S, array.reshape(len(values), -1))


def over(tracker, values) -> list[tuple[float, float]]:
    told = [*tracker.push(scores(values)), *tracker.finish()]
    return [(h.onset_s, h.offset_s) for h in told if h.is_over]


def tracker(gap_s: float = 0.0) -> Tracker:
    return Tracker("event", ["a"], thresholds=np.array([0.5], np.float32), gap_s=gap_s)


@pytest.mark.parametrize(
    ("values", "gap_s", "expected"),
    [
        ([0.1, 0.6, 0.6, 0.1], 0.0, [(0.5, 1.5)]),
        ([0.6, 0.4, 0.6, 0.1], 0.0, [(0.0, 1.5)]),  # 0.4 is above the release of 0.35
        ([0.6, 0.3, 0.6, 0.1], 0.0, [(0.0, 0.5), (1.0, 1.5)]),
        ([0.6, 0.3, 0.6, 0.1], 0.5, [(0.0, 1.5)]),  # the pause is no longer than the gap
        ([0.4, 0.4, 0.4], 0.5, []),  # above the release alone nothing begins
        ([0.1, 0.6], 0.5, [(0.5, 1.0)]),
    ],
)
def test_hysteresis(values, gap_s, expected):
    assert over(tracker(gap_s), values) == expected


@given(
    values=st.lists(st.floats(0, 1, width=32), max_size=30),
    cut=st.integers(0, 30),
    gap_s=st.sampled_from([0.0, 0.5, 1.0]),
)
def test_blocks_of_any_size_give_the_same_happenings(values, cut, gap_s):
    whole = over(tracker(gap_s), values) if values else []
    parts, told = tracker(gap_s), []
    for first, part in ((0, values[:cut]), (min(cut, len(values)), values[cut:])):
        if part:
            told += list(parts.push(scores(part, first * HOP_S)))
    told += list(parts.finish())
    assert [(h.onset_s, h.offset_s) for h in told if h.is_over] == whole


def test_a_happening_is_told_while_it_goes_on_with_its_highest_score():
    follows = tracker(gap_s=0.5)
    first = list(follows.push(scores([0.1, 0.6])))
    second = list(follows.push(scores([0.9, 0.7], 1.0)))
    assert [(h.is_over, h.offset_s) for h in (*first, *second)] == [(False, 1.0), (False, 2.0)]
    assert second[0].score == pytest.approx(0.9) and second[0].onset_s == 0.5


def test_levels_end_3_db_under_their_threshold():
    assert default_releases("level", np.array([70.0], np.float32)).tolist() == [67.0]


def test_labels_are_followed_each_by_itself():
    each = EachLabel("event", ["a", "b"], thresholds=np.array([0.5, 0.5], np.float32), gap_s=0.0)
    told = [*each.push(scores([[0.9, 0.1], [0.9, 0.8], [0.1, 0.8]])), *each.finish()]
    found = {(h.label, h.onset_s, h.offset_s) for h in told if h.is_over}
    assert found == {("a", 0.0, 1.0), ("b", 0.5, 1.5)}


def fulfilled(rule: Rule, values, *, wall=lambda s: NOON + timedelta(seconds=s)):
    """What a rule gives for scores (N, 2) that come one by one."""
    watch, found = RuleWatch(rule, TwoLabels()), []
    for number, row in enumerate(values):
        found += watch.push(scores([row], number * HOP_S), wall)
    return found + list(watch.finish(wall))


def siren(pattern: str) -> list[tuple[float, float]]:
    """`x` where there is a siren, `.` where there is none."""
    return [(0.9 if mark == "x" else 0.0, 0.0) for mark in pattern]


def times(found) -> list[float]:
    return [each.happening.onset_s for each in found]


def rule(**settings) -> Rule:
    return Rule("r", **{"event": "Siren", "gap_s": 0.0, "hold_off_s": 0.0, **settings})


def test_a_rule_is_fulfilled_as_soon_as_it_lasted_long_enough_and_once():
    found = fulfilled(rule(duration_s=1.0), siren(".xxxxx..x."))
    assert times(found) == [0.5] and found[0].told_s == 1.5


def test_hold_off_keeps_quiet_and_counts_what_it_kept():
    found = fulfilled(rule(hold_off_s=3.0), siren("x.x.x...x.x"))
    assert times(found) == [0.0, 4.0]
    assert [each.held_off for each in found] == [0, 2]


def test_count_within_a_window():
    assert times(fulfilled(rule(count=3, window_s=2.0), siren("x.x.x"))) == [2.0]
    assert times(fulfilled(rule(count=3, window_s=1.9), siren("x.x.x"))) == []
    assert times(fulfilled(rule(count=2, window_s=9.0), siren("x.x.x.x"))) == [1.0, 3.0]


def test_the_score_of_a_rule_stands_for_that_of_the_detector():
    assert fulfilled(rule(score=0.95), siren("xx")) == []
    assert fulfilled(rule(score=0.3), [(0.4, 0.0)])


def test_words_of_a_rule_are_one_happening():
    both = rule(event=("Siren", "Knock"))
    found = fulfilled(both, [(0.9, 0.0), (0.9, 0.95), (0.0, 0.95)])
    assert len(found) == 1
    assert found[0].happening.label == "Siren"


def test_quiet_hours_are_those_of_the_time_zone():
    quiet = rule(quiet_hours=("20:00-22:00",))
    tokyo = timezone(timedelta(hours=9))

    def wall(place_s: float) -> datetime:
        return (NOON + timedelta(seconds=place_s)).astimezone(tokyo)  # 21:00

    assert fulfilled(quiet, siren("x"), wall=wall) == []
    assert fulfilled(quiet, siren("x"))  # noon, in UTC


def test_a_clock_that_is_set_changes_neither_hold_off_nor_duration():
    jumping = iter(range(0, -10_000, -7))

    def wall(place_s: float) -> datetime:
        return NOON + timedelta(hours=next(jumping))

    quiet = rule(duration_s=1.0, hold_off_s=2.5, quiet_hours=("03:00-03:01",))
    assert times(fulfilled(quiet, siren("xx..xx..xx"), wall=wall)) == [0.0, 4.0]
