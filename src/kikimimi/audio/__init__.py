"""Reading, writing, resampling and making of audio."""
