"""The transcoder service: media info, HLS, subtitles, pictures of videos. Usable alone."""
