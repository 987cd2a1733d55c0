"""How good answers are: predictions against the truth, in the terms of the field."""
