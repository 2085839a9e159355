"""Drawings to PNG and SVG."""
