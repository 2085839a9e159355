"""What everything that trains shares."""
