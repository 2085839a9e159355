"""Sounds that the page sends: decoded once, far from this process, and kept for a while."""
