"""A checked recipe becomes a Keras model: built, compiled, and made ready to be saved."""
