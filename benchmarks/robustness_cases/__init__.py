"""What `web_robustness.py` throws at a server, and how it watches that server."""
