"""What a recipe is: loading, schema, checking. Knows the names of Keras, imports neither Keras nor NumPy."""
