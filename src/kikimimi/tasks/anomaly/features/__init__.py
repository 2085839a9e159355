"""What detectors of anomalies hear of a clip: rows of features."""
