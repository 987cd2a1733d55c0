"""The formats that a trained model is shipped in: each is one file, found by its name, and entered in `formats.py`."""
