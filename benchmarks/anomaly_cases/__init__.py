"""What the study of anomaly detectors compares, and the tables of its figures."""
