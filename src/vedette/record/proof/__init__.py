"""What the record proves: keys, signed checkpoints, the pass that checks a chain, and parts that are checked alone."""
