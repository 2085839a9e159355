"""Figures by sed_eval and sed_scores_eval: one case a line in, one answer a line out, both JSON.

Runs in an environment of its own, which has both packages and nothing of Kikimimi:

    python -m venv ORACLE
    ORACLE/bin/pip install "setuptools<81" "pandas<3" sed_eval sed_scores_eval
"""

import json
import sys
import warnings
from typing import Any

import numpy as np
import sed_eval
from sed_scores_eval import collar_based, intersection_based, segment_based
from sed_scores_eval.base_modules.scores import create_score_dataframe

Case = dict[str, Any]


def main() -> None:
    """Answer until the input ends."""
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


def answer(case: Case) -> Case:
    """All figures of a case; what a package does not define is left out."""
    found = {
        "segment": _lists(case, _segment_metrics(case)),
        "event": _lists(case, _event_metrics(case)),
    }
    return found | (_scores(case) if case["score_classes"] else {})


def _segment_metrics(case: Case) -> Any:
    metrics = sed_eval.sound_event.SegmentBasedMetrics(
        list(case["classes"]), time_resolution=case["segment_s"]
    )
    metrics.empty_system_output_handling = "zero_score"
    return metrics


def _event_metrics(case: Case) -> Any:
    return sed_eval.sound_event.EventBasedMetrics(
        list(case["classes"]),
        evaluate_onset=case["onset"],
        evaluate_offset=case["offset"],
        t_collar=case["collar_s"],
        percentage_of_length=case["offset_share"],
        event_matching_type=case["matching"],
        empty_system_output_handling="zero_score",
    )


def _lists(case: Case, metrics: Any) -> Case:
    for clip in case["files"].values():
        metrics.evaluate(_items(clip["reference"]), _items(clip["estimated"]))
    overall, by_class = metrics.overall, metrics.results_class_wise_metrics()
    average = metrics.results_class_wise_average_metrics()
    return {
        "counts": [float(overall[key]) for key in ("Nref", "Nsys", "Ntp")],
        "micro_f1": metrics.overall_f_measure()["f_measure"],
        "precision": metrics.overall_f_measure()["precision"],
        "recall": metrics.overall_f_measure()["recall"],
        "error_rate": metrics.overall_error_rate()["error_rate"] if overall["Nref"] else None,
        "macro_f1": average["f_measure"]["f_measure"],
        "class_f1": [by_class[name]["f_measure"]["f_measure"] for name in case["classes"]],
        "class_error_rate": [
            by_class[name]["error_rate"]["error_rate"] if by_class[name]["count"]["Nref"] else None
            for name in case["classes"]
        ],
    }


def _items(events: list[list[Any]]) -> list[Case]:
    return [{"onset": on, "offset": off, "event_label": label} for on, off, label in events]


def _scores(case: Case) -> Case:
    names = case["score_classes"]
    columns = [case["classes"].index(name) for name in names]
    frames = {
        key: create_score_dataframe(
            np.array(clip["scores"], dtype=np.float64)[:, columns],
            np.array(clip["timestamps"]),
            names,
        )
        for key, clip in case["files"].items()
    }
    truth = {key: [tuple(event) for event in clip["joined"]] for key, clip in case["files"].items()}
    seconds = {key: clip["timestamps"][-1] for key, clip in case["files"].items()}
    shares = {"dtc_threshold": case["dtc"], "gtc_threshold": case["gtc"]}
    collars = {
        "onset_collar": case["collar_s"],
        "offset_collar": case["collar_s"],
        "offset_collar_rate": case["offset_share"],
    }
    threshold = case["threshold"]
    segments = {"segment_length": case["segment_s"]}
    found = {
        "intersection": intersection_based.fscore(frames, truth, threshold, **shares)[0],
        "collar": collar_based.fscore(frames, truth, threshold, **collars)[0],
        "best_intersection": _macro(intersection_based.best_fscore(frames, truth, **shares)),
        "best_collar": _macro(collar_based.best_fscore(frames, truth, **collars)),
        "best_segment": _macro(segment_based.best_fscore(frames, truth, seconds, **segments)),
    }
    crossing = {"cttc_threshold": case["cttc"]} if case["alpha_ct"] else {}
    value, by_class, _, _ = intersection_based.psds(
        frames,
        truth,
        seconds,
        alpha_ct=case["alpha_ct"],
        alpha_st=case["alpha_st"],
        max_efpr=case["max_efpr"],
        **shares,
        **crossing,
    )
    return found | {"psds": float(value), "class_psds": by_class}


def _macro(best: tuple[Any, ...]) -> Case:
    """F of each class and their mean, each class at its own threshold."""
    return {name: value for name, value in best[0].items() if name != "micro_average"}


if __name__ == "__main__":
    main()
