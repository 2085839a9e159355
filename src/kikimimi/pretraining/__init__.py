"""Training of general-purpose encoders, one file a method."""
