import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from kikimimi.metrics.detection.event_based import Collar, event_based_figures
from kikimimi.metrics.detection.matching import maximum_matching
from kikimimi.types import Event

CLASSES = ("dog", "rain")


@settings(max_examples=50)
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(1, 12), st.floats(0.05, 0.8))
def test_a_matching_is_as_large_as_that_of_scipy(
    seed: int, lefts: int, rights: int, density: float
) -> None:
    edges = np.random.default_rng(seed).random((lefts, rights)) < density
    graph = {left: np.flatnonzero(edges[left]).tolist() for left in range(lefts)}
    found = maximum_matching(graph)
    assert all(edges[left, right] for right, left in found.items())
    assert len(set(found.values())) == len(found)
    expected = maximum_bipartite_matching(csr_array(edges.astype(int)), perm_type="column")
    assert len(found) == (expected >= 0).sum()


def test_a_path_of_thousands_of_vertices_can_be_augmented() -> None:
    count = 5000
    graph = {left: [left, left + 1] for left in range(count)} | {count: [0]}
    assert len(maximum_matching(graph)) == count + 1


def figures(reference: list[Event], estimated: list[Event], **options):
    return event_based_figures({"a": reference}, {"a": estimated}, CLASSES, **options)


def test_onset_and_offset_must_lie_within_the_collar() -> None:
    dog = Event(1.0, 1.3, "dog")
    assert figures([dog], [Event(1.19, 1.49, "dog")]).micro_f1 == 1
    assert figures([dog], [Event(1.21, 1.3, "dog")]).micro_f1 == 0
    assert figures([dog], [Event(1.0, 1.51, "dog")]).micro_f1 == 0
    assert figures([dog], [Event(1.0, 9.0, "dog")], collar=Collar(offset=False)).micro_f1 == 1
    assert figures([dog], [Event(0.1, 1.3, "dog")], collar=Collar(onset=False)).micro_f1 == 1


def test_offsets_of_long_events_may_be_off_by_half_their_length() -> None:
    rain = Event(0.0, 10.0, "rain")
    assert figures([rain], [Event(0.0, 5.1, "rain")]).micro_f1 == 1
    assert figures([rain], [Event(0.0, 4.9, "rain")]).micro_f1 == 0
    assert figures([rain], [Event(0.0, 5.1, "rain")], collar=Collar(offset_share=0.2)).micro_f1 == 0


def test_optimal_matching_finds_what_greedy_matching_misses() -> None:
    reference = [Event(1.1, 2.1, "dog"), Event(1.3, 2.3, "dog")]
    estimated = [Event(1.2, 2.2, "dog"), Event(1.0, 2.0, "dog")]
    assert figures(reference, estimated).micro.true_positives == 2
    assert figures(reference, estimated, matching="greedy").micro.true_positives == 1


def test_the_right_time_with_the_wrong_class_is_a_substitution() -> None:
    found = figures([Event(1, 2, "dog"), Event(4, 5, "dog")], [Event(1, 2, "rain")])
    assert (found.substitutions, found.deletions, found.insertions) == (1, 1, 0)
    assert found.error_rate == 1
    assert found.classes_without_reference == ("rain",)


def test_events_of_one_class_may_overlap() -> None:
    twice = [Event(1, 2, "dog"), Event(1.5, 3, "dog")]
    assert figures(twice, twice[::-1]).macro_f1 == 1


def test_recordings_where_nothing_was_found_count_and_unknown_ones_are_refused() -> None:
    reference = {"a": [Event(1, 2, "dog")], "b": [Event(1, 2, "dog")]}
    assert event_based_figures(reference, {"a": reference["a"]}, CLASSES).micro.recall == 0.5
    with pytest.raises(ValueError, match="'c' is not in the reference"):
        event_based_figures(reference, {"c": []}, CLASSES)
    with pytest.raises(ValueError, match="names no recordings"):
        event_based_figures({}, {}, CLASSES)
    with pytest.raises(ValueError, match="recording 'a': event 'cat'"):
        event_based_figures(reference, {"a": [Event(1, 2, "cat")]}, CLASSES)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"collar_s": -1}, "0 or more seconds"),
        ({"collar_s": float("nan")}, "0 or more seconds"),
        ({"offset_share": 2}, "0 to 1"),
        ({"onset": False, "offset": False}, "compare onsets"),
    ],
)
def test_collars_without_sense_are_refused(settings: dict, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Collar(**settings)
