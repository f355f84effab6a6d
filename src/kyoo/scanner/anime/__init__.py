"""Anime: the public lists that say which anime is which season of which serie, and what follows for names and orders.

`numbering` counts from one service to another; `model` is one anime and the family it belongs to; `lists` reads the
lists, `keeping` fetches and stores them; `translating` says where a name belongs in its serie; `content` and `order`
are the rules of the watch order, for every serie and not only anime.
"""
