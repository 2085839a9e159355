"""A fitted model as one small folder: `config.json`, `model.safetensors`, `README.md`.

The configuration names the encoder with its identity, the layer, the pooling and the rate, so that
a model is never used on other features than it was fitted on. Nothing that is read can run code.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kikimimi.encoders.weights import CARD_NAME, CONFIG_NAME, WEIGHTS_NAME
from kikimimi.errors import AnomalyError, KikimimiError
from kikimimi.files import draft_of
from kikimimi.paths import display_path
from kikimimi.tasks.anomaly.detectors.registry import create_detector, detector_settings
from kikimimi.tasks.anomaly.features.contract import AnomalyFeatures
from kikimimi.tasks.anomaly.features.registry import create_features
from kikimimi.tasks.anomaly.model import FittedModel
from kikimimi.tasks.anomaly.normal_spectrum import NormalSpectrum

ARCHITECTURE = "anomaly_model"

_DETECTOR = "detector."
_NUMBERS = ("false_alarm_rate", "clip_s", "bandwidth_rate_hz")


def save_model(model: FittedModel, folder: Path) -> None:
    """Write the folder, which need not exist; an older model in it is replaced.

    Raises:
        OSError: it cannot be written.
        ConfigError: the detector is not registered.
    """
    from safetensors.numpy import save

    state = model.detector.fitted_state()
    arrays = {_DETECTOR + name: np.array(value, order="C") for name, value in state.items()}
    arrays["training_scores"] = model.training_scores
    arrays["spectrum.mean_db"] = model.spectrum.mean_db
    arrays["spectrum.deviation_db"] = model.spectrum.deviation_db
    weights = save(arrays)
    config = _config(model) | {"weights_sha256": hashlib.sha256(weights).hexdigest()}
    folder.mkdir(parents=True, exist_ok=True)
    # the configuration last: it names the weights, and half a model is refused
    with draft_of(folder / WEIGHTS_NAME) as draft:
        draft.write_bytes(weights)
    for name, text in (
        (CARD_NAME, _card(model)),
        (CONFIG_NAME, json.dumps(config, indent=2, ensure_ascii=False) + "\n"),
    ):
        with draft_of(folder / name) as draft:
            draft.write_text(text, encoding="utf-8", newline="\n")


def load_model(folder: Path) -> FittedModel:
    """Read a model.

    Raises:
        AnomalyError: there is none, it is damaged, or it was fitted on another encoder than this
            Kikimimi has.
        EncoderError: its encoder is not here.
    """
    config = _read_config(folder)
    try:
        features = create_features(**config["features"])
        _check_encoder(folder, config, features)
        detector = create_detector(**config["detector"])
        arrays = _read_arrays(folder, str(config["weights_sha256"]))
        detector.restore(_under(arrays, _DETECTOR))
        return FittedModel(
            features=features,
            detector=detector,
            training_scores=arrays["training_scores"],
            cut_s=config["cut_s"],
            spectrum=NormalSpectrum(arrays["spectrum.mean_db"], arrays["spectrum.deviation_db"]),
            **{name: config[name] for name in _NUMBERS},
        )
    except (KeyError, TypeError) as error:
        raise AnomalyError(
            f"{display_path(folder)}: the model is damaged or of another version ({error}); fit it "
            "again"
        ) from None


def is_model(folder: Path) -> bool:
    """Whether a folder holds a model, by its configuration."""
    try:
        return _read_config(folder).get("architecture") == ARCHITECTURE
    except KikimimiError:
        return False


def _config(model: FittedModel) -> dict[str, Any]:
    return {
        "architecture": ARCHITECTURE,
        "features": model.features.to_dict(),
        "encoder_identity": model.features.identity,
        "sample_rate_hz": model.sample_rate_hz,
        "detector": detector_settings(model.detector),
        "threshold": model.threshold,
        "training_clips": len(model.training_scores),
        "cut_s": model.cut_s,
        **{name: getattr(model, name) for name in _NUMBERS},
    }


def _check_encoder(folder: Path, config: Mapping[str, Any], features: AnomalyFeatures) -> None:
    if features.identity != config["encoder_identity"]:
        raise AnomalyError(
            f"{display_path(folder)}: was fitted on the encoder {config['encoder_identity']}, but "
            f"this Kikimimi has {features.identity}; fit it again"
        )
    if features.sample_rate_hz != config["sample_rate_hz"]:
        raise AnomalyError(
            f"{display_path(folder)}: was fitted at {config['sample_rate_hz']} Hz, but its encoder "
            f"takes {features.sample_rate_hz} Hz; fit it again"
        )


def _read_config(folder: Path) -> dict[str, Any]:
    place = display_path(folder / CONFIG_NAME)
    try:
        config = json.loads((folder / CONFIG_NAME).read_text(encoding="utf-8"))
    except OSError as error:
        raise AnomalyError(
            f"{place}: cannot be read ({error.strerror}); give the folder of a model, or make one "
            "with `kikimimi anomaly fit`"
        ) from None
    except ValueError:
        raise AnomalyError(f"{place}: is not JSON; fit the model again") from None
    if not isinstance(config, dict) or config.get("architecture") != ARCHITECTURE:
        raise AnomalyError(
            f"{place}: is not the configuration of an anomaly model; give the folder of one"
        )
    return config


def _read_arrays(folder: Path, sha256: str) -> dict[str, NDArray[Any]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    place = display_path(folder / WEIGHTS_NAME)
    try:
        content = (folder / WEIGHTS_NAME).read_bytes()
    except OSError as error:
        raise AnomalyError(
            f"{place}: cannot be read ({error.strerror}); fit the model again"
        ) from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise AnomalyError(
            f"{place}: is not what {CONFIG_NAME} names (SHA-256 differs); fit the model again"
        )
    try:
        return load(content)
    except SafetensorError as error:
        raise AnomalyError(f"{place}: is damaged ({error}); fit the model again") from None


def _under(arrays: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    return {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}


def _card(model: FittedModel) -> str:
    rows = {
        "detector": json.dumps(detector_settings(model.detector)),
        "features": json.dumps(model.features.to_dict()),
        "encoder": model.features.identity,
        "sample rate": f"{model.sample_rate_hz} Hz",
        "training clips": f"{len(model.training_scores)} of {model.clip_s:g} s (median)",
        "threshold": f"{model.threshold:.6g} at a false-alarm rate of {model.false_alarm_rate:g}",
    }
    table = "\n".join(f"| {name} | {value} |" for name, value in rows.items())
    return (
        "# Anomaly model of Kikimimi\n\n"
        "It knows normal sound of one machine or place, and scores what differs from it.\n\n"
        f"| | |\n|---|---|\n{table}\n"
    )
