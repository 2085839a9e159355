"""A neural vocoder: from log-mel spectrograms to samples, and its adversarial training."""
