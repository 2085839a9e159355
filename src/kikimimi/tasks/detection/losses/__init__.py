"""Losses of sound event detection: one module a loss, found by name."""
