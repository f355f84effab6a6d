-- Titles at trackers are called by one id now. What was agreed on under the former names is found out anew by the next
-- reading; kept, it would look as if it had been removed there.
delete from api.tracker_bases;
