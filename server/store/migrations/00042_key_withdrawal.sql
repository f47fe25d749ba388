-- A signing key that was given away is withdrawn, once and for all, and what it had signed is signed again.

-- +goose Up
grant update (withdrawn_at) on signing_key to anju_app;
alter table signing_key add constraint signing_key_withdrawn_after check (withdrawn_at >= not_before);
create index permit_credential_by_key on permit_credential (kid) where kid is not null;
