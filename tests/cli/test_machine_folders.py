"""`kikimimi machines` makes a folder, says so, and compares its digest."""

import json
from pathlib import Path

from kikimimi.datasets.machine_registry import load_machine_dataset

RECIPE = """\
task: machines
name: few
length_s: 1.0
machines: {valve: []}
source: {speed: [0.96, 1.04], load: [0.45, 0.6], surroundings: hall, snr_db: [3.0, 9.0]}
sections: [{speed: [1.15, 1.3]}]
counts: {train_source: 2, train_target: 1, test_normal: 1, test_anomaly: 1}
"""


def test_made_verified_and_expected(run, tmp_path: Path) -> None:
    out = tmp_path / "機械 machines"
    recipe = tmp_path / "few.yaml"
    recipe.write_text(RECIPE)
    made = run("machines", recipe, "-o", out, "--json")
    assert made.returncode == 0, made.stderr
    report = json.loads(made.stdout)
    assert load_machine_dataset(out).machines == ("valve",)
    again = run("machines", recipe, "-o", out, "--verify", "--expect", report["digest"][:9])
    assert again.returncode == 0, again.stderr
    assert f"0 recordings made, {report['made']} were there" in again.stderr
    assert "all files are as they were made" in again.stderr
    other = run("machines", recipe, "-o", out, "--expect", "zzz")
    assert other.returncode == 1
    assert f"the digest is {report['digest']}, not zzz" in other.stderr
