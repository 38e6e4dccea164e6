-- V0004__audit_numbers.sql: an audit row whose sequence number was edited to one that no store reaches must not stop every
-- write.
--
-- 1 Rows with a number below 1, or of 2^62 and above, were edited. The guard passes them over, so that the next row still
--   gets a number. Each of them counts as one row, because it took the place of one: numbers that were used before do not
--   occur again.

DROP TRIGGER audit_insert_guard;
CREATE TRIGGER audit_insert_guard BEFORE INSERT ON audit
WHEN NEW.seq IS NOT coalesce((SELECT seq FROM audit WHERE seq BETWEEN 1 AND 4611686018427387903
                                ORDER BY seq DESC LIMIT 1), 0)
                  + (SELECT count(*) FROM audit WHERE seq < 1)
                  + (SELECT count(*) FROM audit WHERE seq > 4611686018427387903) + 1
  OR NEW.prev_hash IS NOT coalesce((SELECT row_hash FROM audit WHERE seq BETWEEN 1 AND 4611686018427387903
                                      ORDER BY seq DESC LIMIT 1),
                                   '0000000000000000000000000000000000000000000000000000000000000000')
BEGIN SELECT RAISE(ABORT, 'audit is append-only: seq or prev_hash does not follow'); END;
