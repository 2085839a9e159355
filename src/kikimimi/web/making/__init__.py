"""Making sounds for the page: with what, as which jobs, and where they are kept."""
