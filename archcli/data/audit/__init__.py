"""What is found in data that can be read: statistics of their columns, and what a person should look at."""
