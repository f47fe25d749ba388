-- Who signs in. Accounts, sessions, challenges and throttles are nation-wide: a citizen signs in before any city is known, and may hold
-- permits of several. They are found by one key only, so they can be sharded by it; no table of a city refers to them by a foreign key.
-- Stations, staff and posts are small and may be copied to every shard; tables of a city may refer to them.
--
-- "sealed": AES-256-GCM, see seal.go. "index": a keyed hash of what is sealed, 32 bytes, to find it again.

-- +goose Up
create table account (
    id          uuid        not null,
    phone       bytea       not null, -- sealed
    phone_index bytea       not null,
    lang        text        not null,
    created_at  timestamptz not null,
    constraint account_pk primary key (id),
    constraint account_phone_once unique (phone_index),
    constraint account_phone_sealed check (octet_length(phone) between 29 and 200 and octet_length(phone_index) = 32),
    constraint account_lang_known check (lang in ('zh', 'en'))
);
grant select, insert, update (lang) on account to anju_app;

create table session (
    hash       bytea       not null, -- SHA-256 of 256 random bits
    kind       text        not null,
    subject    text        not null, -- account or staff id; for a kiosk the visit's own id
    created_at timestamptz not null,
    seen_at    timestamptz not null,
    ended_at   timestamptz,
    constraint session_pk primary key (hash),
    constraint session_hash_length check (octet_length(hash) = 32),
    constraint session_kind_known check (kind in ('citizen', 'staff', 'kiosk')),
    constraint session_subject_length check (char_length(subject) between 1 and 100),
    constraint session_times_in_order check (created_at <= seen_at and (ended_at is null or created_at <= ended_at))
);
create index session_of_subject on session (subject) where ended_at is null;
grant select, insert, update (seen_at, ended_at), delete on session to anju_app;

create table challenge (
    hash       bytea       not null, -- SHA-256 of the browser's challenge token
    purpose    text        not null,
    phone      bytea       not null, -- sealed
    code_hash  bytea       not null, -- keyed: a million codes are no secret
    expires_at timestamptz not null,
    tries      int         not null default 0,
    used_at    timestamptz,
    constraint challenge_pk primary key (hash),
    constraint challenge_hash_length check (octet_length(hash) = 32 and octet_length(code_hash) = 32),
    constraint challenge_purpose_length check (char_length(purpose) between 1 and 30),
    constraint challenge_phone_sealed check (octet_length(phone) between 29 and 200),
    constraint challenge_tries_few check (tries between 0 and 100)
);
grant select, insert, update (tries, used_at), delete on challenge to anju_app;

create table throttle (
    name  text        not null,
    key   bytea       not null, -- keyed hash of a phone, a login or an address
    n     int         not null,
    until timestamptz not null, -- end of the window that n counts
    constraint throttle_pk primary key (name, key),
    constraint throttle_name_length check (char_length(name) between 1 and 40),
    constraint throttle_key_length check (octet_length(key) = 32),
    constraint throttle_counts check (n > 0)
);
grant select, insert, update (n, until), delete on throttle to anju_app;

create table station (
    jurisdiction text not null,
    code         text not null,
    name_zh      text not null,
    name_en      text not null,
    issuer_zh    text not null,
    issuer_en    text not null,
    address_zh   text not null,
    address_en   text not null,
    constraint station_pk primary key (jurisdiction, code),
    constraint station_jurisdiction_form check (jurisdiction ~ '^[0-9]{6}$'),
    constraint station_code_length check (char_length(code) between 1 and 40),
    constraint station_texts_length check (
        char_length(name_zh) between 1 and 100 and char_length(name_en) <= 200 and char_length(issuer_zh) between 1 and 100
        and char_length(issuer_en) <= 200 and char_length(address_zh) <= 200 and char_length(address_en) <= 300)
);
grant select, insert on station to anju_app;

create table station_division (
    jurisdiction text not null,
    division     text not null, -- a street or a whole county
    station      text not null,
    constraint station_division_pk primary key (jurisdiction, division), -- one station serves a division
    constraint station_division_station foreign key (jurisdiction, station) references station (jurisdiction, code),
    constraint station_division_form check (division ~ '^([0-9]{6}|[0-9]{9})$')
);
grant select, insert on station_division to anju_app;

create table staff (
    id            uuid   not null,
    login         text   not null,
    name          bytea  not null, -- sealed
    password_hash text   not null, -- argon2id
    totp_secret   bytea,           -- sealed; none in the demo only
    totp_step     bigint not null default 0,
    disabled_at   timestamptz,
    constraint staff_pk primary key (id),
    constraint staff_login_length check (char_length(login) between 1 and 60),
    constraint staff_name_sealed check (octet_length(name) between 29 and 500),
    constraint staff_password_hashed check (password_hash like '$argon2id$%' and char_length(password_hash) <= 200),
    constraint staff_totp_sealed check (octet_length(totp_secret) between 29 and 500)
);
create unique index staff_login_once on staff (lower(login));
grant select, insert, update (totp_step, password_hash) on staff to anju_app;

create table post (
    staff        uuid not null,
    jurisdiction text not null,
    station      text, -- none for posts that belong to the whole city
    role         text not null,
    constraint post_staff foreign key (staff) references staff (id),
    constraint post_station foreign key (jurisdiction, station) references station (jurisdiction, code),
    constraint post_jurisdiction_form check (jurisdiction ~ '^[0-9]{6}$'),
    constraint post_role_known check (role in ('assistant', 'acceptor', 'reviewer', 'issuer', 'verifier', 'editor', 'publisher', 'supervisor',
        'auditor', 'administrator'))
);
create unique index post_once on post (staff, jurisdiction, coalesce(station, ''), role);
grant select, insert on post to anju_app;

create table parked_form (
    account uuid        not null,
    path    text        not null,
    form    bytea       not null, -- sealed
    until   timestamptz not null,
    constraint parked_form_pk primary key (account, path),
    constraint parked_form_path_length check (char_length(path) between 1 and 300),
    constraint parked_form_sealed check (octet_length(form) between 29 and 1048576)
);
grant select, insert, update (form, until), delete on parked_form to anju_app;
