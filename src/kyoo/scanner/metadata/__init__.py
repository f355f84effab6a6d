"""The metadata of a show: which title it is, what is said of it, and the one seed that is made of all that."""
