--liquibase formatted sql

--changeset app:001-customers
--comment: Who orders. Names sort by language, e-mail addresses compare by their bytes.
CREATE TABLE customers (
    id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    email varchar(254) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    name varchar(200) NOT NULL,
    preferences json NOT NULL DEFAULT (json_object()),
    language varchar(8) AS (json_unquote(json_extract(preferences, '$.language'))) VIRTUAL,
    created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    CONSTRAINT customers_email_unique UNIQUE (email),
    CONSTRAINT customers_email_form CHECK (email LIKE '%_@_%')
) DEFAULT CHARSET = utf8mb4;
--rollback DROP TABLE customers;

--changeset app:001-customers-language
CREATE INDEX customers_language ON customers (language);
--rollback DROP INDEX customers_language ON customers;
