"""What turns sound into scores over time."""
