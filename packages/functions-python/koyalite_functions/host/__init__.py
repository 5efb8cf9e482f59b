"""The program that runs one function for a KoyaLite server."""
