"""A recipe that trains in a second."""

from kikimimi.tasks.classification.recipe import ClassificationRecipe
from kikimimi.training.config import build


def recipe_with(**changes: object) -> ClassificationRecipe:
    """A recipe that trains in a second, with `changes` to its parts."""
    values: dict[str, object] = {
        "data": {"name": "folders", "clip_s": 2.0},
        "network": {
            "name": "residual_cnn",
            "options": {"stem_channels": 8, "channels": [8, 16], "blocks": [1, 1],
                        "frequency_strides": [2, 2], "time_strides": [2, 2]},
        },
        "augmentation": {
            "crop_s": 1.0,
            "waveform": {"speed": {"probability": 0.5}},
            "after_mixing": {"gain": {}},
            "spectrogram": {"spec_augment": {"frequency_width": 4, "time_width": 4}},
        },
        "batch_size": 8,
        "optimiser": {"lr": 0.01},
        "loop": {"epochs": 20, "ema_decay": 0.8},
        "test": {"crops": 2},
    }  # fmt: skip
    return build(ClassificationRecipe, {**values, **changes}, where="test")
