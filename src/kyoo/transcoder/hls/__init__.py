"""HLS: what a file is offered in, where its segments begin, and the encoders that make them."""
