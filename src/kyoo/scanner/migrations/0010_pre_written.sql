alter table scanner.shows add column written text;
