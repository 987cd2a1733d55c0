"""Data on the device, the compiled training loop, checkpoints: a built Keras model and NumPy arrays in, numbers out.

`progress` and `quiet` import neither TensorFlow nor NumPy, so that the command line may import them at its start.
"""
