"""Ported encoders give what independent implementations give, where those are installed.

The comparisons are those of `benchmarks/parity.py`. Packages that serve as oracles only are looked
for in the folder that `$KIKIMIMI_ORACLES` names, too; without them a case is skipped.
"""

import os
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"
LIGHT = (
    *("cnn6", "cola", "mn04_as", "openl3_env_512", "openl3_keras"),
    *("vggish", "wav2clip", "yamnet", "yamnet_torch"),
)


@pytest.fixture(autouse=True)
def oracles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    if "KIKIMIMI_ORACLES" in os.environ:
        monkeypatch.setattr(sys, "path", [*sys.path, os.environ["KIKIMIMI_ORACLES"]])


@pytest.mark.parametrize("name", LIGHT)
@pytest.mark.filterwarnings("ignore:Warning. Enabling `experimental_preserve_all_tensors`")
def test_ported_encoder_agrees_with_its_oracle(name, shared_folder, tmp_path, monkeypatch) -> None:
    from parity_cases import registry

    chosen = {case.name: case for case in registry.cases()}[name]
    if name == "yamnet":
        from parity_cases import yamnet

        monkeypatch.setattr(yamnet, "_CLIP_COUNT", 8)
    try:
        comparisons = list(chosen.compare(registry.Setting(tmp_path, shared_folder)))
    except registry.MissingOracle as reason:
        pytest.skip(str(reason))
    assert comparisons
    for comparison in comparisons:
        assert comparison.holds, (comparison.quantity, comparison.difference, comparison.cosine)
