"""Postural analysis from ordinary photographs, with an honest error on every number."""

__version__ = "0.1.0"

__all__ = ["__version__"]
