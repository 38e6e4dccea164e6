-- V0002__deadlines.sql: when the refresh tokens and sign-ins of rotating keys end.
--
-- 1 login.signed_in_at is what the end of the whole sign-in counts from; rows from before take it from their audit.
-- 2 The two limits belong to the API key. NULL is what this version takes for TradeStation's, 0 is no limit. No mac covers
--   them: they decide when people are warned, not where a token goes.
-- 3 login.refresh_expires_at and absolute_expires_at are written with every save, and are NULL unless the key rotates.

ALTER TABLE login ADD COLUMN signed_in_at TEXT CHECK (signed_in_at IS NULL OR length(signed_in_at) = 24);
ALTER TABLE api_key ADD COLUMN idle_lifetime_s INTEGER CHECK (idle_lifetime_s BETWEEN 0 AND 315360000);
ALTER TABLE api_key ADD COLUMN absolute_lifetime_s INTEGER CHECK (absolute_lifetime_s BETWEEN 0 AND 315360000);

UPDATE login SET signed_in_at =
    coalesce((SELECT max(at) FROM audit WHERE login_id = login.id AND event = 'signed_in'), created_at);
