-- A permit in the place of another, the address on it, and what a new card costs.

-- +goose Up
alter table application
    drop constraint application_state_known,
    drop constraint application_counter_known,
    drop constraint application_production,
    add constraint application_state_known check (state in ('pre_applied', 'to_supplement', 'in_review', 'in_production', 'to_collect', 'issued', 'completed', 'declined', 'refused')),
    -- Without a card a business ends when it is granted, with one when the card is handed over.
    add constraint application_completed check (case state when 'completed' then kind = 'change' when 'in_production' then kind <> 'change' else true end),
    add constraint application_counter_known check (counter in ('portal', 'kiosk', 'window')),
    -- A card that was made may still have to be refused: the permit in whose place it was to come has ended meanwhile.
    add constraint application_production check (case state when 'to_collect' then produced_on is not null when 'issued' then produced_on is not null
        when 'refused' then produced_on is null or kind <> 'issue' else produced_on is null end),
    drop constraint application_dates_in_order,
    add constraint application_dates_in_order check (accepted_on <= decided_on and (decided_on <= produced_on or state = 'refused' and accepted_on <= produced_on)
        and produced_on <= issued_on and accepted_on <= statutory_by);

alter table application_event
    drop constraint application_event_verb_gives_state,
    drop constraint application_event_officer,
    drop constraint application_event_counter_known,
    add constraint application_event_verb_gives_state check ((verb, state) in (('submit', 'pre_applied'), ('accept', 'in_review'), ('decline', 'declined'),
        ('grant', 'in_production'), ('grant', 'completed'), ('refuse', 'refused'), ('produce', 'to_collect'), ('issue', 'issued'),
        ('notify', 'to_supplement'), ('notify', 'in_review'), ('allow_notice', 'pre_applied'), ('allow_notice', 'in_review'),
        ('supplement', 'pre_applied'), ('supplement', 'in_review'), ('pause', 'in_review'), ('resume', 'in_review'),
        ('request_extension', 'in_review'), ('extend', 'in_review'), ('deny_extension', 'in_review'))),
    add constraint application_event_officer check (num_nulls(by_staff, by_name) in (0, 2)
        and (verb in ('submit', 'supplement') or by_staff is not null)),
    -- What the applicant does is done at a counter, or by an officer for the applicant.
    add constraint application_event_counter_known check (case when verb in ('submit', 'supplement') then (counter is null) = (by_staff is not null)
        else counter is null end and counter in ('portal', 'kiosk'));

-- The permit in whose place another has come: one follows one. What travels on to it may be older than its issue.
alter table permit
    add column follows   text,
    add column stands_on uuid, -- the application by which it was issued or last changed: whose it is and at which station
    add constraint permit_follows foreign key (jurisdiction, follows) references permit (jurisdiction, number),
    add constraint permit_follows_once unique (jurisdiction, follows),
    add constraint permit_follows_another check (follows <> number),
    add constraint permit_stands_on foreign key (jurisdiction, stands_on) references application (jurisdiction, id),
    drop constraint permit_dates_in_order,
    drop constraint permit_endorsement_years,
    add constraint permit_dates_in_order check (issued_on <= valid_until and (issued_on < endorse_by or follows is not null)),
    add constraint permit_endorsement_years check (num_nulls(endorse_from, endorse_by) in (0, 2) and (issued_on <= endorse_from or follows is not null) and endorse_from < endorse_by);
update permit set stands_on = application;
alter table permit alter column stands_on set not null;
create index permit_standing_on on permit (jurisdiction, stands_on);
grant update (residence, issued_on, stands_on) on permit to anju_app;
-- What is signed about a permit is signed anew when it changes.
grant update (claims) on permit_credential to anju_app;

alter table permit_event
    drop constraint permit_event_verb_gives_status,
    drop constraint permit_event_decided_by_staff,
    add constraint permit_event_verb_gives_status check ((verb, status) in (('issue', 'active'), ('issue', 'suspended'), ('endorse', 'active'), ('suspend', 'suspended'), ('expire', 'expired'),
        ('report_loss', 'lost'), ('withdraw_loss', 'active'), ('withdraw_loss', 'suspended'), ('withdraw_loss', 'expired'), ('cancel', 'cancelled'), ('supersede', 'superseded'), ('change', 'active'))
        or verb in ('propose_cancelling', 'reject_cancellation')),
    add constraint permit_event_decided_by_staff check (by_staff is not null or verb not in ('issue', 'cancel', 'propose_cancelling', 'reject_cancellation', 'supersede', 'change'));

-- The cost fee of a card. The kind stands in the key to the application, so that nothing that is free by law (Decree 663 Art. 21: a first
-- permit, an endorsement; a change makes no card) can owe one.
create table fee (
    jurisdiction      text not null,
    application       uuid not null,
    kind              text not null,
    yuan              int  not null,
    due_on            date not null, -- of the acceptance
    paid_on           date,
    paid_by           uuid,
    paid_name         bytea, -- sealed: the name on that day
    payment_reference text,
    refunded_on       date,
    refunded_by       uuid,
    refunded_name     bytea, -- sealed
    refund_reference  text,
    constraint fee_pk primary key (jurisdiction, application),
    constraint fee_application foreign key (jurisdiction, application, kind) references application (jurisdiction, id, kind),
    constraint fee_kind_costs check (kind in ('renew', 'replace')),
    constraint fee_yuan check (yuan between 1 and 1000),
    constraint fee_payment_once unique (jurisdiction, payment_reference),
    constraint fee_refund_once unique (jurisdiction, refund_reference),
    constraint fee_payment check (num_nulls(paid_on, paid_by, paid_name, payment_reference) in (0, 4) and due_on <= paid_on),
    constraint fee_refund check (num_nulls(refunded_on, refunded_by, refunded_name, refund_reference) in (0, 4) and (refunded_on is null or paid_on is not null) and paid_on <= refunded_on),
    constraint fee_reference_form check (payment_reference ~ '^[0-9A-Z-]{1,40}$' and refund_reference ~ '^[0-9A-Z-]{1,40}$'),
    constraint fee_sealed check ((paid_name is null or octet_length(paid_name) between 29 and 500) and (refunded_name is null or octet_length(refunded_name) between 29 and 500)),
    constraint fee_paid_by foreign key (paid_by) references staff (id),
    constraint fee_refunded_by foreign key (refunded_by) references staff (id)
);
grant select, insert, update (paid_on, paid_by, paid_name, payment_reference, refunded_on, refunded_by, refunded_name, refund_reference) on fee to anju_app;

insert into ledger_action (action) values ('superseded'), ('changed'), ('paid'), ('refunded');
