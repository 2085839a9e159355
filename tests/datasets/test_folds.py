"""Folds that are made: whole groups, even labels, the same each time."""

from collections import Counter, defaultdict

from hypothesis import given
from hypothesis import strategies as st

from kikimimi.datasets.folds import stratified_folds

CLIPS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 12).map(str)), min_size=1, max_size=80
)


@given(CLIPS, st.integers(2, 6), st.randoms(use_true_random=False))
def test_groups_stay_whole_and_order_does_not_matter(clips, count: int, random) -> None:
    labels, groups = zip(*clips, strict=True)
    folds = stratified_folds(labels, groups, count=count)
    assert set(folds) <= set(range(1, count + 1))
    fold_of = dict(zip(groups, folds, strict=True))
    assert list(folds) == [fold_of[group] for group in groups]
    shuffled = random.sample(clips, len(clips))
    again = stratified_folds(*zip(*shuffled, strict=True), count=count)
    assert dict(zip([group for _, group in shuffled], again, strict=True)) == fold_of


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(1, 40), min_size=1))
def test_single_clips_are_spread_to_within_one(sizes: dict[str, int]) -> None:
    labels = [label for label, size in sizes.items() for _ in range(size)]
    groups = [f"{label}{number}" for number, label in enumerate(labels)]
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for label, fold in zip(labels, stratified_folds(labels, groups), strict=True):
        found[label][fold] += 1
    for counts in found.values():
        numbers = [counts[fold] for fold in range(1, 6)]
        assert max(numbers) - min(numbers) <= 1


def test_the_folds_of_today_are_those_of_tomorrow() -> None:
    groups = [f"dog/{name}" for name in "abcdefgh"]
    assert stratified_folds(["dog"] * 8, groups) == stratified_folds(["dog"] * 8, groups)
    assert sorted(stratified_folds(["dog"] * 8, groups)) == [1, 1, 2, 2, 3, 3, 4, 5]
