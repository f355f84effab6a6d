-- Since when a file is not found at its path any more; what was made of its content is kept for a while (collecting.py).
alter table transcoder.paths add column missing_since timestamptz;
