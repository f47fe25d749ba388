-- The words of the ledger stand in a table instead of a CHECK, so that a migration adds its own words and does not restate everybody's.
-- The application cannot write here: a word that no migration has brought is refused as before.

-- +goose Up
create table ledger_action (
    action text not null,
    constraint ledger_action_pk primary key (action),
    constraint ledger_action_form check (action ~ '^[a-z_]{1,40}$')
);
insert into ledger_action (action) values ('viewed'), ('listed'), ('verified'), ('signed_in'), ('signed_out'), ('drafted'), ('submitted'), ('attached'),
    ('accepted'), ('declined'), ('granted'), ('refused'), ('produced'), ('issued'), ('signed'), ('denied'), ('released'), ('filed'), ('reported'),
    ('answered'), ('endorsed'), ('suspended'), ('expired'), ('loss_reported'), ('loss_withdrawn'), ('cancelled'), ('cancelling_proposed'),
    ('cancelling_rejected'), ('notified'), ('supplemented'), ('clocked'), ('exported');
alter table ledger_entry
    drop constraint ledger_entry_action_known,
    add constraint ledger_entry_action_known foreign key (action) references ledger_action (action);
