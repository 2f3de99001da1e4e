--liquibase formatted sql

--changeset app:002-products
CREATE TABLE products (
    id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    sku varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    title varchar(300) NOT NULL,
    description text NOT NULL,
    cents int unsigned NOT NULL,
    state enum('draft', 'sold', 'retired') NOT NULL DEFAULT 'draft',
    CONSTRAINT products_sku_unique UNIQUE (sku)
) DEFAULT CHARSET = utf8mb4;
--rollback DROP TABLE products;

--changeset app:002-products-first
INSERT INTO products (sku, title, description, cents, state)
VALUES ('BOOK-1', 'A first book', 'Everything that a beginner asks.', 1990, 'sold'),
       ('BOOK-2', 'A second book', 'What the first one left out.', 2490, 'sold');
--rollback DELETE FROM products WHERE sku IN ('BOOK-1', 'BOOK-2');
