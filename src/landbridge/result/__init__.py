"""What a run produced: the answers as values, the result folder, its manifest."""
