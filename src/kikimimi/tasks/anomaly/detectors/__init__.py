"""Detectors of anomalies by name, each one file; `registry` has them."""
