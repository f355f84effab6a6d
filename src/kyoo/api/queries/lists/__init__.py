"""How a list becomes one statement: what it is, declared as data; its filters, its sort, its pages."""
