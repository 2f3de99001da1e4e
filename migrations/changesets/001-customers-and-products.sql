--liquibase formatted sql

--changeset shop:001-customers
--comment: People who order
CREATE TABLE customers (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email      text NOT NULL,
    full_name  text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT customers_email_key UNIQUE (email)
);
--rollback DROP TABLE customers;

--changeset shop:001-products
--comment: What can be ordered; prices are in the smallest unit of their currency
CREATE TABLE products (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sku         text NOT NULL,
    title       text NOT NULL,
    price_minor bigint NOT NULL,
    currency    text NOT NULL DEFAULT '${default_currency}',
    CONSTRAINT products_sku_key UNIQUE (sku),
    CONSTRAINT products_price_not_negative CHECK (price_minor >= 0)
);
--rollback DROP TABLE products;
