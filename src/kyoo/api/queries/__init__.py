"""The SQL of the api: one module per aggregate, one function per query. Packages have the names of the rules beside it;
`lists/` is what every list is made with, `viewers/` what each viewer did with the catalogue."""
