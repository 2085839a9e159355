"""Tags that a user teaches by a handful of examples: the few-shot head, its storage, its use."""
