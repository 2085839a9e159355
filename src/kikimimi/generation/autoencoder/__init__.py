"""The auto-encoder with a latent over time, trained with perceptual and adversarial losses."""
