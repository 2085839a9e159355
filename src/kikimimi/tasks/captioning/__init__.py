"""One plain sentence for a sound, in English or Japanese."""
