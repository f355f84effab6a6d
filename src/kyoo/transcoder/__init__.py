"""The transcoder: media info, keyframes, HLS, subtitles, fonts, sprites, covers. Usable alone."""
