"""Detectors: what sounded, and when."""
