"""What travels between the page and the server: one module for each group of routes."""
