"""Examples: where they come from, how they are checked, divided and described. Never imports TensorFlow or Keras."""
