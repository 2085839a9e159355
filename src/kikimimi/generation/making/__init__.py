"""Making sounds with a generator and a vocoder, and writing them down."""
