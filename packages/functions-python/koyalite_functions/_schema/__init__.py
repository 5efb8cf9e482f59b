"""What a function takes and returns, read from its types."""
