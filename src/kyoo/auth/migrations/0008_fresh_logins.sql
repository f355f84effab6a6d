-- Who lets a device in does not prove, on that device, who they are.
alter table auth.sessions add column by_device_login boolean not null default false;
