"""A run directory: made, written, read and listed, without Keras or TensorFlow."""
