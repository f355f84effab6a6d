"""HTTP of the api: parse, authorise, call, answer; one file per resource."""
