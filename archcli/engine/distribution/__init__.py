"""Training on many devices and many machines, by TensorFlow's own strategies.

A global batch is cut into one part for each replica. Each replica computes loss and gradient of its part, these are
summed over all replicas, and each replica then does to its own copy of the weights what one process would do with the
gradient of the whole batch. So the same recipe gives the same weights, to rounding, on any number of replicas.
"""
