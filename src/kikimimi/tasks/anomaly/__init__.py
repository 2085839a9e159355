"""Anomalous sound detection: what is normal is learned, what is not is noticed."""
