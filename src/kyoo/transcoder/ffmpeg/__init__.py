"""The program ffmpeg: which one, what it can do, its command lines, and how it is started."""
