-- What people think of what was done for them (好差评), and the answers to bad ratings. A rating is given once and never changes a case.

-- +goose Up
create table rating (
    jurisdiction  text        not null,
    id            uuid        not null,
    ruleset       text        not null,
    application   uuid, -- that has ended, or
    permit        text, -- that was endorsed
    due_on        date, -- of the endorsement
    verb          text        not null, -- with which it ended
    ended_on      date        not null,
    station       text        not null,
    officers      uuid[]      not null, -- staff who had a hand in it
    account       uuid        not null,
    counter       text        not null,
    level         text        not null,
    tags          text[]      not null,
    comment       bytea, -- sealed; goes when it has served
    rated_at      timestamptz not null,
    answer_by     date, -- of a bad one; none when the holidays of that time were not announced yet
    answered_at   timestamptz,
    answered_by   uuid,
    answered_name bytea, -- sealed: the name on that day
    outcome       text,
    answer        bytea, -- sealed: what the person reads
    version       int         not null,
    constraint rating_pk primary key (jurisdiction, id),
    constraint rating_of_application_once unique (jurisdiction, application),
    constraint rating_of_endorsement_once unique (jurisdiction, permit, due_on),
    constraint rating_application foreign key (jurisdiction, application) references application (jurisdiction, id),
    constraint rating_endorsement foreign key (jurisdiction, permit, due_on) references endorsement (jurisdiction, permit, due_on),
    constraint rating_station foreign key (jurisdiction, station) references station (jurisdiction, code),
    constraint rating_answered_by foreign key (answered_by) references staff (id),
    constraint rating_jurisdiction_form check (jurisdiction ~ '^[0-9]{6}$'),
    constraint rating_one_deed check (num_nonnulls(application, permit) = 1 and num_nulls(permit, due_on) in (0, 2)
        and (permit is not null) = (verb = 'endorse') and verb in ('issue', 'decline', 'refuse', 'endorse')),
    constraint rating_counter_known check (counter in ('portal', 'kiosk')),
    constraint rating_level_known check (level in ('very_satisfied', 'satisfied', 'fairly_satisfied', 'dissatisfied', 'very_dissatisfied')),
    constraint rating_tags_known check (tags <@ array['attitude', 'speed', 'told_clearly', 'papers', 'online', 'place'] and array_position(tags, null) is null
        and cardinality(tags) <= 6),
    constraint rating_officers_named check (array_position(officers, null) is null),
    -- Bad ratings are answered, and by somebody who had no hand in the case.
    constraint rating_answer check (num_nulls(answered_at, answered_by, answered_name, outcome, answer) in (0, 5)
        and (level in ('dissatisfied', 'very_dissatisfied') or num_nonnulls(answered_at, answer_by) = 0)),
    constraint rating_answered_by_another check (answered_by <> all (officers)),
    constraint rating_outcome_known check (outcome in ('corrected', 'planned', 'explained')),
    constraint rating_dates_in_order check (ended_on <= (rated_at at time zone 'Asia/Shanghai')::date and rated_at <= answered_at
        and (rated_at at time zone 'Asia/Shanghai')::date < answer_by),
    constraint rating_version_rises check (version = case when answered_at is null then 1 else 2 end),
    constraint rating_lengths check (char_length(ruleset) between 1 and 40),
    constraint rating_sealed check ((comment is null or octet_length(comment) between 29 and 2000) and (answered_name is null or octet_length(answered_name) between 29 and 500)
        and (answer is null or octet_length(answer) between 29 and 6000))
);
-- A supervisor's list, and what still waits in it.
create index rating_by_day on rating (jurisdiction, station, rated_at, id);
create index rating_to_answer on rating (jurisdiction, station, answer_by) where level in ('dissatisfied', 'very_dissatisfied') and answered_at is null;
create index rating_in_month on rating (jurisdiction, rated_at);
create index rating_comment_served on rating (coalesce(answered_at, rated_at)) where comment is not null;
grant select, insert, update (comment, answered_at, answered_by, answered_name, outcome, answer, version) on rating to anju_app;

-- Who was asked for a rating by text: once for each deed.
create table rating_request (
    jurisdiction text not null,
    deed         text not null, -- application/<id>, or endorsement/<number>/<due day>
    message      uuid not null, -- the outbox forgets it after a while, this line stays
    asked_at     timestamptz not null,
    constraint rating_request_pk primary key (jurisdiction, deed),
    constraint rating_request_deed_form check (deed ~ '^(application/[0-9a-f-]{36}|endorsement/[0-9A-Z-]{20}[0-9A-Z]/[0-9-]{10})$')
);
grant select, insert on rating_request to anju_app;
-- What the daily job looks for.
create index application_ended on application (jurisdiction, coalesce(issued_on, decided_on), id) where state in ('issued', 'declined', 'refused');
create index endorsement_by_day on endorsement (jurisdiction, endorsed_on);

insert into ledger_action (action) values ('rated'), ('rating_answered');
