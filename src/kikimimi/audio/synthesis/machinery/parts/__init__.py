"""Parts that machines are made of, each with the physics of its sound."""
