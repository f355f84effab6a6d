"""A facade as small as one can be: the names of films, a line each, for a program that knows nothing else."""
