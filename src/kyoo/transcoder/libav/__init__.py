"""Everything that runs libav inside Python, in processes of its own: what a file does to libav harms nobody else."""
