"""What a listener beside the server hears, for the page."""
