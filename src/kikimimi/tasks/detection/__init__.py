"""Sound event detection: training with strong, weak and no labels, figures, export."""
