"""A new set of labels on a frozen encoder."""
