"""A small version of benchmarks/web_robustness.py: a real server stands some hundred bad calls."""

import importlib
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.mark.skipif(sys.platform == "win32", reason="ends the server as POSIX does")
def test_a_server_stands_malformed_calls(tmp_path, monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    robustness = importlib.import_module("web_robustness")
    report = robustness.attack(tmp_path, calls=400, documented=0, seed=1)
    assert report["faults"] == []
    assert len(report["statuses"]) > 15
