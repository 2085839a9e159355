"""What each encoder costs: `python benchmarks/encoder_cost.py`.

Every registered encoder embeds one clip of 5 s of noise at its own rate, in a fresh process of one
thread, front end included; an encoder whose weights are not here has random ones. Printed is a
Markdown table: trained parameters; multiply-accumulate operations of the network (torch's flop
counter: matrix products, convolutions and attention; half of its floating-point operations);
processor time (median of the runs; a busy machine matters less to it) and how much faster than real
time that is; the peak of the resident memory of the whole process. The last column has published
figures of the same models: linear evaluation on ESC-50, accuracy in per cent over five folds, as
EVAR reports it (nttcslab/eval-audio-repr; MSM-MAE from its own repository).

With `--only NAME ...` some of them, with `--json` one object a line.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from statistics import median
from typing import Any

import numpy as np

SECONDS = 5.0
RUNS = 5
WARM_UP = 1
COLUMNS = (
    "encoder", "D", "parameters", "GMAC", "ms", "x real time", "peak MiB", "ESC-50 published"
)  # fmt: skip

ESC50_LINEAR = {
    "ast": "94.6",
    "byol_a_v2": "83.2",
    "clap": "97.3",
    "cnn14": "90.7",
    "m2d": "91.3",
    "m2d_clap": "96.3",
    "msm_mae": "87.1",
    "openl3_env_6144": "81.2",
    "openl3_music_6144": "82.2",
    "vggish": "68.2",
}


def main() -> None:
    options = _options()
    if options.measure:
        print(json.dumps(measure(options.measure)))
        return
    from kikimimi.encoders.registry import encoder_names

    results = []
    for name in options.only or encoder_names():
        results.append(_in_fresh_process(name))
        if options.json:
            print(json.dumps(results[-1]), flush=True)
    if not options.json:
        print(table(results))


def measure(name: str) -> dict[str, Any]:
    """The figures of one encoder, in this process."""
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode

    from kikimimi.encoders.registry import create_encoder

    torch.set_num_threads(1)
    encoder = create_encoder(name)
    has_weights = encoder.weights_are_here
    encoder = encoder.load() if has_weights else with_random_weights(encoder)
    samples = round(SECONDS * encoder.card.sample_rate_hz)
    noise = 0.1 * np.random.default_rng(0).standard_normal((1, samples))
    clip = noise.astype(np.float32)
    for _ in range(WARM_UP):
        encoder.encode(clip)
    seconds = median(_timed(encoder, clip) for _ in range(RUNS))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # before the counter adds to it
    # fused attention is not counted, so it is taken apart into matrix products
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        encoder.encode(clip)
    return {
        "name": name,
        "weights": "published" if has_weights else "random",
        "embedding_size": encoder.card.embedding_size,
        "parameters": encoder.card.parameters,
        "mac": counter.get_total_flops() // 2,
        "seconds": seconds,
        "peak_kib": peak,
    }


def with_random_weights(encoder: Any) -> Any:
    """The encoder as after `load`, but for the values."""
    import torch

    torch.manual_seed(0)
    encoder._network = encoder.build().eval().requires_grad_(requires_grad=False)
    return encoder


def table(results: list[dict[str, Any]]) -> str:
    """The results as a Markdown table."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|---" + "|---:" * (len(COLUMNS) - 1) + "|"]
    for result in sorted(results, key=lambda each: each["seconds"]):
        cells = (
            result["name"],
            str(result["embedding_size"]),
            f"{result['parameters'] / 1e6:.2f} M" if result["parameters"] else "-",
            f"{result['mac'] / 1e9:.2f}" if result["mac"] else "-",
            f"{result['seconds'] * 1000:.1f}",
            f"{SECONDS / result['seconds']:.0f}",
            f"{result['peak_kib'] / 1024:.0f}",
            ESC50_LINEAR.get(result["name"], ""),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _timed(encoder: Any, clip: np.ndarray) -> float:
    start = time.process_time()
    encoder.encode(clip)
    return time.process_time() - start


def _in_fresh_process(name: str) -> dict[str, Any]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    command = [sys.executable, __file__, "--measure", name]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these encoders alone")
    parser.add_argument("--json", action="store_true", help="print JSON lines")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
