--liquibase formatted sql

--changeset app:004-audit
--comment: Partitioned, so that old months are dropped without deleting row by row.
CREATE TABLE audit_entries (
    id bigint unsigned NOT NULL AUTO_INCREMENT,
    happened_on date NOT NULL,
    actor varchar(100) NOT NULL,
    what json NOT NULL,
    PRIMARY KEY (id, happened_on)
) DEFAULT CHARSET = utf8mb4
PARTITION BY RANGE COLUMNS (happened_on) (
    PARTITION before_2026 VALUES LESS THAN ('2026-01-01'),
    PARTITION later VALUES LESS THAN (MAXVALUE)
);
--rollback DROP TABLE audit_entries;

--changeset app:004-audit-note splitStatements:false
CREATE PROCEDURE note_audit(IN who varchar(100), IN details json)
    SQL SECURITY INVOKER
BEGIN
    INSERT INTO audit_entries (happened_on, actor, what) VALUES (UTC_DATE(), who, details);
END
--rollback DROP PROCEDURE note_audit

--changeset app:004-audit-age splitStatements:false
CREATE FUNCTION audit_age(happened date) RETURNS int
    DETERMINISTIC NO SQL SQL SECURITY INVOKER
    RETURN DATEDIFF(UTC_DATE(), happened)
--rollback DROP FUNCTION audit_age

--changeset app:004-audit-purge splitStatements:false
--comment: An event runs where the event scheduler is on: in Aurora it is, by default.
CREATE EVENT purge_audit ON SCHEDULE EVERY 1 DAY STARTS '2026-01-01 03:00:00' DISABLE
    DO DELETE FROM audit_entries WHERE happened_on < UTC_DATE() - INTERVAL 400 DAY LIMIT 10000
--rollback DROP EVENT purge_audit
