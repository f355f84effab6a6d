"""Doubles of the services of metadata over one invented catalogue, with all the faces of "nothing" of the real ones."""
