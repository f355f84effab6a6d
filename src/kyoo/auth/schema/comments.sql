-- What is in the tables and columns whose names do not say it. tables.sql shows these texts.

comment on column auth.users.password is 'argon2id; null when the account has no password of its own';

comment on column auth.sessions.device is 'the label given by the client, else its User-Agent';
comment on column auth.sessions.app_password_id is 'The sessions that an app password opened end with it.';
comment on column auth.sessions.by_device_login is 'Who lets a device in does not prove, on that device, who they are.';

comment on column auth.pictures.object is 'the object in the picture store; a new upload gets a new name';

comment on table auth.attempts is 'How many attempts were made lately, as one moment per subject: `until` moves ahead with each attempt and time catches up with it. Losing this table in a crash only forgives some attempts.';
comment on column auth.attempts.subject is 'SHA-256 of an account or an address';

comment on table auth.oidc_links is 'An account elsewhere that logs in as a user.';

comment on table auth.oidc_logins is 'A login at a provider that is under way, for minutes.';
comment on column auth.oidc_logins.token_hash is 'SHA-256 of what the provider, and then the client, brings back';
comment on column auth.oidc_logins.browser_hash is 'SHA-256 of the cookie of the browser that began it';
comment on column auth.oidc_logins.verifier is 'proves to the provider that who redeems the code is who asked for it (RFC 7636)';

comment on table auth.federation_codes is 'A user''s consent to log in at another instance, until that instance redeems it within a minute.';
comment on column auth.federation_codes.code_hash is 'SHA-256';

comment on column auth.signing_keys.signs_from is 'A new key is published before it signs, so that every verifier knows it by then.';

comment on table auth.audit is 'Actors and targets are named, not referenced: an entry outlives them.';

comment on table auth.deletions is 'Users that are gone, in the order in which their deletions were committed.';

comment on column auth.invitations.created_by is 'null when an API key of the configuration invites';

comment on column auth.password_resets.by_mail is 'asked for by the user (by mail), not by an administrator';

comment on column auth.totp.confirmed_date is 'null until the user has shown a code';
comment on column auth.totp.last_step is 'the time step of the last code used: no code works twice';

comment on table auth.challenges is 'What a client has to answer: the second step of a login, the proof of a passkey.';
comment on column auth.challenges.nonce is 'the bytes an authenticator has to sign';

comment on table auth.device_logins is 'A device that waits for a logged-in user to let it in (RFC 8628).';
comment on column auth.device_logins.pause is 'seconds the device must wait between two questions';
comment on column auth.device_logins.approved is 'null: nobody has decided';

comment on table auth.username_looks is 'No two users have names that look the same. Who has one already, from before, keeps it.';
comment on column auth.username_looks.look is 'SHA-256 of what a name looks like (usernames.py); a name has one or two';
