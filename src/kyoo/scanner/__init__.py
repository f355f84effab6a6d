"""The scanner service: walks and watches folders, identifies files, feeds the api.

From the disk to the api: `folders` walks, `scanning` compares and reads what is new (its name in `naming`, what lies
inside and beside it in `local`), `shows` says which files are one show, `matching` which title that is, `providers` and
`anime` what others know of it, `metadata` makes one seed of all that. Each may import those below it, never above.
"""
