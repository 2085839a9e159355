"""Queues of alerts, and what works them off."""
