"""Scores of trained classifiers on the terminal."""

from typing import TYPE_CHECKING

from kikimimi.cli.output import print_json, print_message

if TYPE_CHECKING:
    from kikimimi.tasks.fold_scores import FoldScore, Summary


def print_score(score: "FoldScore", *, as_json: bool) -> None:
    """Tell the score of one fold as soon as it is known."""
    if as_json:
        record = {"fold": score.fold, score.metric: score.value, "clips": score.clips}
        print_json(record)
    else:
        print_message(f"fold {score.fold}: {score.metric} {score.value:.2%} ({score.clips} clips)")


def print_summary(summary: "Summary", *, as_json: bool) -> None:
    """Tell mean and standard deviation over the folds."""
    count = len(summary.folds)
    if as_json:
        print_json({summary.metric: summary.mean, "deviation": summary.deviation, "folds": count})
    elif count > 1:
        print(
            f"{summary.metric} {summary.mean:.2%}, s.d. {summary.deviation:.2%} over {count} folds"
        )
    else:
        print(f"{summary.metric} {summary.mean:.2%}")
