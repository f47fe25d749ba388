-- Permits are made in batches: which cases, by whom, and what became of each. A batch and its lines are only added to; a line ends once.

-- +goose Up
create table production_batch (
    jurisdiction    text        not null,
    station         text        not null,
    number          int         not null,
    made_at         timestamptz not null,
    made_by         uuid        not null,
    idempotency_key text        not null,
    constraint production_batch_pk primary key (jurisdiction, station, number),
    constraint production_batch_station foreign key (jurisdiction, station) references station (jurisdiction, code),
    constraint production_batch_staff foreign key (made_by) references staff (id),
    constraint production_batch_key_once unique (jurisdiction, idempotency_key),
    constraint production_batch_number_rises check (number > 0)
);
grant select, insert on production_batch to anju_app;

create table production_item (
    jurisdiction text not null,
    station      text not null,
    number       int  not null,
    position     int  not null,
    application  uuid not null,
    state        text not null,
    spoiled      int  not null default 0, -- cards that were spoiled for it
    ended_at     timestamptz,
    constraint production_item_pk primary key (jurisdiction, station, number, position),
    constraint production_item_batch foreign key (jurisdiction, station, number) references production_batch (jurisdiction, station, number),
    constraint production_item_application foreign key (jurisdiction, application) references application (jurisdiction, id),
    constraint production_item_once unique (jurisdiction, station, number, application),
    constraint production_item_state_known check (state in ('open', 'made', 'taken_out')),
    constraint production_item_end check ((state = 'open') = (ended_at is null)),
    constraint production_item_counts check (position > 0 and spoiled >= 0)
);
-- A case waits in one batch at most.
create unique index production_item_one_open on production_item (jurisdiction, application) where state = 'open';
create index production_item_waiting on production_item (jurisdiction, station) where state = 'open';
grant select, insert, update (state, spoiled, ended_at) on production_item to anju_app;

-- What is due first in a station.
create index application_due on application (jurisdiction, station, promised_by) where state in ('in_review', 'in_production', 'to_collect');
