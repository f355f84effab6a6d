"""The SQL of what each viewer did with the catalogue: watch list, next up, history, marks, what they hid."""
