-- For interfaces that show an account its code again: what the code is derived from under the secret key. Null for those that are shown once.
-- One at most for each account, and a used one stays as long as it is not replaced.
alter table account_codes add column seed text;
create unique index account_codes_shown_again on account_codes (user_id) where seed is not null;
