"""What users changed in a library, kept row by row so that it can be undone and done again."""
