"""Which stages a recording needs, told from its analysis, each with its reason."""
