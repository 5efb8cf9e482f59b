"""Without `await`: made from `aio`."""
