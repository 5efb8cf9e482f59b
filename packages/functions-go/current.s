// A package with functions without a body needs a file in assembly.
