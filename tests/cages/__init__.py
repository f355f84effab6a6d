"""Code that runs in place of a decoder, for the tests of cages."""
