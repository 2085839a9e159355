"""Figures of detection are those of sed_eval and sed_scores_eval.

`oracle_answers.jsonl` holds random cases with the answers of both packages, which
`benchmarks/detection_parity.py --save` wrote.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"
CASES = Path(__file__).with_name("oracle_answers.jsonl").read_text(encoding="utf-8").splitlines()


@pytest.fixture(autouse=True)
def benchmarks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield


@pytest.mark.parametrize("line", CASES, ids=range(len(CASES)))
def test_every_figure_is_that_of_the_oracles(line: str) -> None:
    from detection_oracles.ours import answer
    from detection_parity import differences

    saved = json.loads(line)
    compared = list(differences(answer(saved["case"]), saved["answer"]))
    assert len(compared) >= 16
    assert [each for each in compared if not each[1] <= 1e-6] == []


def test_the_cases_have_every_oddity() -> None:
    clips = [clip for line in CASES for clip in json.loads(line)["case"]["files"].values()]
    assert any(not clip["reference"] and clip["estimated"] for clip in clips)
    assert any(clip["reference"] and not clip["estimated"] for clip in clips)
    assert any(not clip["reference"] and not clip["estimated"] for clip in clips)
    assert any(len(clip["scores"]) == 1 for clip in clips)
    assert any(len(clip["joined"]) < len(clip["reference"]) for clip in clips)
    assert any(clip["estimated"] != sorted(clip["estimated"]) for clip in clips)
