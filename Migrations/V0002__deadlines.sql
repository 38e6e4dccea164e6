-- V0002__deadlines.sql: when the refresh tokens and sign-ins of rotating keys end; degraded before refreshing.
--
-- 1 login.signed_in_at is what the end of the whole sign-in counts from; rows from before take it from their audit.
-- 2 The two limits belong to the API key. NULL is what this version takes for TradeStation's, 0 is no limit. No mac covers
--   them: they decide when people are warned, not where a token goes.
-- 3 login.sign_in_warned_of is the end that the audit has warned of (sign_in_ends_soon): once for each end.
-- 4 login.refresh_expires_at and absolute_expires_at are written with every save, and are NULL unless the key rotates.

ALTER TABLE login ADD COLUMN signed_in_at TEXT CHECK (signed_in_at IS NULL OR length(signed_in_at) = 24);
ALTER TABLE login ADD COLUMN sign_in_warned_of TEXT CHECK (sign_in_warned_of IS NULL OR length(sign_in_warned_of) = 24);
ALTER TABLE api_key ADD COLUMN idle_lifetime_s INTEGER CHECK (idle_lifetime_s BETWEEN 0 AND 315360000);
ALTER TABLE api_key ADD COLUMN absolute_lifetime_s INTEGER CHECK (absolute_lifetime_s BETWEEN 0 AND 315360000);

UPDATE login SET signed_in_at =
    coalesce((SELECT max(at) FROM audit WHERE login_id = login.id AND event = 'signed_in'), created_at);

-- A login whose last attempt failed stays degraded while the next one is under way: otherwise whoever watches an outage
-- sees it end with every attempt.
DROP VIEW profile_status;
CREATE VIEW profile_status AS
SELECT p.name, p.environment, p.api_version,
       CASE WHEN k.state = 'bad_client'                          THEN 'bad_client'
            WHEN l.state IN ('new', 'needs_login', 'held')       THEN l.state
            WHEN l.failures > 0                                  THEN 'degraded'
            WHEN l.attempt_id IS NOT NULL                        THEN 'refreshing'
            ELSE 'ready' END                                     AS state,
       l.id AS login_id, l.username, l.generation,
       l.access_expires_at, l.refresh_expires_at, l.absolute_expires_at,
       coalesce(l.last_error, k.last_error)                      AS last_error,
       max(coalesce(l.not_before, ''), coalesce(k.not_before, '')) AS not_before,
       k.client_id
FROM profile AS p JOIN login AS l ON l.id = p.login_id JOIN api_key AS k ON k.id = l.api_key_id;
