"""Flow matching over the latents of the auto-encoder."""
