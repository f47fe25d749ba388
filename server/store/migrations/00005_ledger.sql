-- +goose Up

-- Who did what, and who saw whose data. The application can add and read entries, never change or remove one. It holds identifiers and
-- codes only. xid and seq give the order in which entries can be sealed: everything below the oldest running transaction is complete.
create table ledger_entry (
    jurisdiction text        not null, -- '' when the deed belongs to no city
    seq          bigint      not null generated always as identity,
    xid          xid8        not null default pg_current_xact_id(),
    at           timestamptz not null,
    actor_kind   text        not null,
    actor_id     text        not null, -- '' for somebody who has not signed in, and for the house
    station      text        not null,
    action       text        not null,
    purpose      text        not null,
    person       uuid,
    account      uuid,
    object       text        not null,
    request_id   text        not null,
    constraint ledger_entry_pk primary key (jurisdiction, seq),
    constraint ledger_entry_jurisdiction_form check (jurisdiction ~ '^([0-9]{6})?$'),
    constraint ledger_entry_actor_kind_known check (actor_kind in ('anyone', 'citizen', 'staff', 'kiosk', 'system')),
    constraint ledger_entry_actor_named check (actor_id <> '' or actor_kind in ('anyone', 'system')),
    constraint ledger_entry_action_known check (action in ('viewed', 'listed', 'verified', 'signed_in', 'signed_out', 'drafted', 'submitted', 'attached',
        'accepted', 'declined', 'granted', 'refused', 'produced', 'issued', 'signed', 'denied')),
    constraint ledger_entry_lengths check (char_length(actor_id) <= 100 and char_length(station) <= 40 and char_length(purpose) <= 60
        and char_length(object) <= 120 and char_length(request_id) <= 100)
);
create index ledger_entry_of_account on ledger_entry (account, at) where account is not null;
create index ledger_entry_of_person on ledger_entry (person, at) where person is not null;
grant select, insert on ledger_entry to anju_app;

-- The outbox of texts. It is nation-wide: a phone belongs to no city.
create table message (
    id          uuid        not null,
    phone       bytea       not null, -- sealed
    phone_index bytea       not null,
    lang        text        not null,
    kind        text        not null,
    args        bytea       not null, -- sealed
    created_at  timestamptz not null,
    due_at      timestamptz not null,
    sent_at     timestamptz,
    tries       int         not null default 0,
    constraint message_pk primary key (id),
    constraint message_lang_known check (lang in ('zh', 'en')),
    constraint message_kind_length check (char_length(kind) between 1 and 60),
    constraint message_sealed check (octet_length(phone) between 29 and 200 and octet_length(phone_index) = 32 and octet_length(args) between 29 and 8000),
    constraint message_tries_counted check (tries >= 0)
);
create index message_due on message (due_at, id) where sent_at is null;
create index message_to on message (phone_index, created_at);
grant select, insert, update (due_at, sent_at, tries), delete on message to anju_app;
