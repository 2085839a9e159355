"""Whether noisy recordings are told, and made again, better after they were cleaned.

    python benchmarks/cleaning_helps.py --shared ../shared --encoder runs/base/fold5/encoder
    python benchmarks/cleaning_helps.py --shared ../shared --encoder yamnet_tflite --clips 100

Clips of ESC-50's fold 5 are made noisy and cleaned in three ways: noise reduction alone (15 dB, the
profile found by itself), all that --auto suggests, and not at all.

* Tagging: a logistic regression on the embeddings of the clean clips of folds 1 to 4 tells the
  class of clips of fold 5. An encoder whose training knew fold 5 tells nothing here; the networks
  `fold5/encoder` of the default encoder's training never heard it.
* Generation: sounds are made again from their log-mel spectrograms by Griffin-Lim (--generated
  clips of them) and compared with the clean clip: what a generator would get to learn from.

Noises and their seeds are those of `kikimimi.audio.conditions`; clips are drawn by --seed.
"""

import argparse
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from kikimimi.audio.conditions.noises import AddedNoise
from kikimimi.audio.reading import read_clip
from kikimimi.audio.resampling import resample
from kikimimi.cleaning.analysis.analyser import analyse_clip
from kikimimi.cleaning.chain import Step, clean_clip
from kikimimi.cleaning.stages.noise_reduction import NoiseReduction
from kikimimi.cleaning.suggestions.suggesting import suggest, suggested_steps
from kikimimi.datasets import esc50
from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.registry import load_encoder
from kikimimi.generation.griffin_lim import GriffinLim
from kikimimi.generation.mel import GenerationMel
from kikimimi.generation.quality.pairs import mean_figures, pair_figures
from kikimimi.types import Clip, FloatArray

RATE_HZ = 16000
TEST_FOLD = 5
NOISES = tuple((colour, snr_db) for snr_db in (0, 10) for colour in ("white", "street"))


def main() -> None:
    """Print one JSON line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--encoder", required=True)
    parser.add_argument("--clips", type=int, default=400)
    parser.add_argument("--generated", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    encoder = load_encoder(args.encoder)
    clips = list(esc50.clips(args.shared / "data" / "esc50"))
    known = [clip for clip in clips if clip.fold != TEST_FOLD]
    test = [clip for clip in clips if clip.fold == TEST_FOLD]
    random.Random(args.seed).shuffle(test)
    test = test[: args.clips]
    sounds = [samples_of(clip.path) for clip in test]
    classify = classifier(encoder, known)
    targets = np.array([clip.label for clip in test])
    for noise, noisy in conditions(sounds, args.seed):
        for method, clean in METHODS.items():
            treated = [clean(each) for each in noisy]
            figure = {
                "noise": noise,
                "cleaned": method,
                "clips": len(treated),
                "accuracy %": round(100 * float(np.mean(classify(treated) == targets)), 2),
                "generated": made_again(sounds, treated, args.generated, args.seed),
            }
            print(json.dumps(figure), flush=True)


def conditions(sounds: Sequence[FloatArray], seed: int) -> Iterator[tuple[str, list[FloatArray]]]:
    """The clips as they are, then with each noise."""
    yield "none", list(sounds)
    for colour, snr_db in NOISES:
        condition = AddedNoise(snr_db=float(snr_db), colour=colour)
        yield (
            f"{colour} {snr_db} dB",
            [
                condition.apply(each, RATE_HZ, np.random.default_rng((seed, number)))
                for number, each in enumerate(sounds)
            ],
        )


def as_it_is(samples: FloatArray) -> FloatArray:
    return samples


def with_noise_reduction(samples: FloatArray) -> FloatArray:
    clip = Clip(samples[None], RATE_HZ)
    return clean_clip([Step(NoiseReduction())], clip)[0].samples[0]


def with_suggestions(samples: FloatArray) -> FloatArray:
    clip = Clip(samples[None], RATE_HZ)
    return clean_clip(suggested_steps(suggest(analyse_clip(clip))), clip)[0].samples[0]


def classifier(
    encoder: Encoder, known: Sequence[esc50.LabelledClip]
) -> Callable[[Sequence[FloatArray]], np.ndarray]:
    """What tells the class of sounds (T,)."""
    vectors = embedded(encoder, [samples_of(clip.path) for clip in known])
    scaler = StandardScaler().fit(vectors)
    model = LogisticRegression(C=0.1, max_iter=2000)
    model.fit(scaler.transform(vectors), [clip.label for clip in known])
    return lambda sounds: model.predict(scaler.transform(embedded(encoder, sounds)))


def embedded(encoder: Encoder, sounds: Sequence[FloatArray]) -> FloatArray:
    rate_hz = encoder.card.sample_rate_hz
    return np.concatenate(
        [encoder.embed_clips(resample(each, RATE_HZ, rate_hz)[None]) for each in sounds]
    )


def made_again(
    clean: Sequence[FloatArray], treated: Sequence[FloatArray], count: int, seed: int
) -> dict[str, float]:
    """Distances of what is made from the spectrograms of the treated clips from the clean ones."""
    make, log_mel = GriffinLim(), GenerationMel()
    figures = mean_figures(
        [
            pair_figures(reference, make(log_mel(each), seed=seed))
            for reference, each in list(zip(clean, treated, strict=True))[:count]
        ]
    )
    return {name: round(value, 4) for name, value in asdict(figures).items()}


def samples_of(path: Path) -> FloatArray:
    return read_clip(path, sample_rate_hz=RATE_HZ, mono=True).samples[0]


METHODS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "no": as_it_is,
    "noise_reduction": with_noise_reduction,
    "--auto": with_suggestions,
}

if __name__ == "__main__":
    main()
