--liquibase formatted sql

--changeset app:005-slug
--comment: Three steps, each safe while the application runs: add it, fill it, require it.
ALTER TABLE products ADD COLUMN slug varchar(80) NULL, ALGORITHM=INSTANT;
--rollback ALTER TABLE products DROP COLUMN slug;

--changeset app:005-slug-fill
UPDATE products SET slug = LOWER(sku) WHERE slug IS NULL;
--rollback not required: The column is dropped by the rollback of 005-slug.

--changeset app:005-slug-required
ALTER TABLE products MODIFY slug varchar(80) NOT NULL, ALGORITHM=INPLACE, LOCK=NONE;
--rollback ALTER TABLE products MODIFY slug varchar(80) NULL, ALGORITHM=INPLACE, LOCK=NONE;
