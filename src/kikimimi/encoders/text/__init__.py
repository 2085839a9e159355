"""Text encoders: sentences in, vectors out, and how words reach the space of sounds."""
