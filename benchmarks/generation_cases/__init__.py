"""What the benchmarks of generation have in common."""
