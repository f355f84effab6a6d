create index files_films_inside on scanner.files ((parsed -> 'film_of' ->> 0)) where parsed ? 'film_of';
