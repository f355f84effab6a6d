"""What the library says by itself: names of files, tags inside them, `.nfo` files and pictures beside the videos."""
