"""What `kikimimi anomaly` does: learn what is normal, score what is heard, evaluate, draw."""
