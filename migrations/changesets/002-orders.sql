--liquibase formatted sql

--changeset shop:002-order-statuses
CREATE TABLE order_statuses (
    code     text PRIMARY KEY,
    label    text NOT NULL,
    is_final boolean NOT NULL DEFAULT false
);
--rollback DROP TABLE order_statuses;

--changeset shop:002-orders
CREATE TABLE orders (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers (id),
    status      text NOT NULL REFERENCES order_statuses (code),
    placed_at   timestamptz NOT NULL DEFAULT now()
);
--rollback DROP TABLE orders;

--changeset shop:002-order-lines
--comment: lint-waive prefer-bigint-over-int: an order has a few lines, and a line a few pieces
CREATE TABLE order_lines (
    order_id    bigint NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    line_number integer NOT NULL,
    product_id  bigint NOT NULL REFERENCES products (id),
    quantity    integer NOT NULL,
    price_minor bigint NOT NULL,
    PRIMARY KEY (order_id, line_number),
    CONSTRAINT order_lines_quantity_positive CHECK (quantity > 0)
);
--rollback DROP TABLE order_lines;
