"""The tracker against its peers and its limits: accuracy, speed and growth, in one run. See __main__."""
