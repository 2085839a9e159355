"""Cleaning of recordings: a chain of stages, declared in a preset, over sounds of any length."""
