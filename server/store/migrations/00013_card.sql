-- Blank cards of a station. The moves are only added to; the balance after each stands beside it, and one move follows the other.

-- +goose Up
create table card_move (
    jurisdiction    text        not null,
    station         text        not null,
    seq             int         not null,
    move            text        not null,
    n               int         not null,
    balance         int         not null, -- after the move; below zero when more were used than were known of
    application     uuid,                 -- of a used card
    note            text        not null,
    idempotency_key text        not null,
    at              timestamptz not null,
    by_staff        uuid        not null,
    constraint card_move_pk primary key (jurisdiction, station, seq),
    constraint card_move_station foreign key (jurisdiction, station) references station (jurisdiction, code),
    constraint card_move_staff foreign key (by_staff) references staff (id),
    constraint card_move_application foreign key (jurisdiction, application) references application (jurisdiction, id),
    constraint card_move_known check (move in ('received', 'used', 'spoiled', 'counted')),
    constraint card_move_used_for check ((move = 'used') = (application is not null)),
    constraint card_move_number check (n between 0 and 100000 and (n > 0 or move = 'counted') and (n = 1 or move <> 'used')),
    constraint card_move_counted check (move <> 'counted' or balance = n),
    constraint card_move_note_length check (char_length(note) <= 300 and (note <> '' or move <> 'spoiled')),
    constraint card_move_key_once unique (jurisdiction, idempotency_key),
    constraint card_move_seq_rises check (seq > 0)
);
create unique index card_move_one_card on card_move (jurisdiction, application) where application is not null;
grant select, insert on card_move to anju_app;
