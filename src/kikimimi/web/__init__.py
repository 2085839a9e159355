"""The library in the browser: a FastAPI application and the page that it serves."""
