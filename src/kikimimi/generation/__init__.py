"""Making environmental sounds: spectrograms, a vocoder, latent models."""
