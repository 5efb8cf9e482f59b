"""With `await`; what is without it is made from this."""
