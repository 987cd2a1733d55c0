"""Keras layers that archcli adds; a library of its own that needs nothing but Keras.

A saved model loads in any program that has imported this package.
"""

from archcli.layers.labels import Labels

__all__ = ["Labels"]
