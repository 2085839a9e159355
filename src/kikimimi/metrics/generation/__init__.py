"""Figures of merit of generated sounds: pairs of sounds, and sets by their embeddings."""
