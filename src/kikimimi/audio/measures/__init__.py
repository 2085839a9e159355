"""What is measured of a sound while it streams by: level, spectrum, pitch, envelope, outline."""
