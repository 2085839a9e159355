"""Encoders: sound in, vectors out."""
