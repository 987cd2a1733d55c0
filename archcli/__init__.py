"""One YAML recipe in, one trained, measured, exported network out."""

__version__ = "0.1.0"
