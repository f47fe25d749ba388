-- Posts of departments: an editor drafts the catalogue for one department of one government (the city's or a county's), a publisher releases
-- for one government, a verifier may stand at a department's window. And the deeds that the ledger did not know yet.

-- +goose Up
alter table post
    add column government text,
    add column department text,
    add constraint post_government_of_city check (government ~ '^[0-9]{6}$' and left(government, 4) || '00' = jurisdiction),
    add constraint post_government_for_role check ((government is not null) = (role in ('editor', 'publisher'))),
    add constraint post_department_for_role check (case role when 'editor' then department is not null when 'verifier' then true else department is null end),
    add constraint post_department_length check (char_length(department) between 1 and 40);
drop index post_once;
create unique index post_once on post (staff, jurisdiction, coalesce(station, ''), role, coalesce(government, ''), coalesce(department, ''));

alter table ledger_entry
    drop constraint ledger_entry_action_known,
    add constraint ledger_entry_action_known check (action in ('viewed', 'listed', 'verified', 'signed_in', 'signed_out', 'drafted', 'submitted', 'attached',
        'accepted', 'declined', 'granted', 'refused', 'produced', 'issued', 'signed', 'denied', 'released', 'filed', 'reported', 'answered'));
