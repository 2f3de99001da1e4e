--liquibase formatted sql

--changeset app:003-orders
CREATE TABLE orders (
    id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id bigint unsigned NOT NULL,
    ordered_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    total_cents bigint unsigned NOT NULL DEFAULT 0,
    KEY orders_customer (customer_id, ordered_at DESC),
    CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id)
) DEFAULT CHARSET = utf8mb4;
--rollback DROP TABLE orders;

--changeset app:003-order-lines
CREATE TABLE order_lines (
    order_id bigint unsigned NOT NULL,
    line smallint unsigned NOT NULL,
    product_id bigint unsigned NOT NULL,
    quantity int unsigned NOT NULL,
    cents int unsigned NOT NULL,
    PRIMARY KEY (order_id, line),
    KEY order_lines_product (product_id),
    CONSTRAINT order_lines_order_fk FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
    CONSTRAINT order_lines_product_fk FOREIGN KEY (product_id) REFERENCES products (id),
    CONSTRAINT order_lines_quantity CHECK (quantity > 0)
) DEFAULT CHARSET = utf8mb4;
--rollback DROP TABLE order_lines;

--changeset app:003-order-total splitStatements:false
--comment: The total follows the lines. A trigger runs with the rights of its definer.
CREATE TRIGGER order_lines_total AFTER INSERT ON order_lines FOR EACH ROW
    UPDATE orders SET total_cents = total_cents + NEW.quantity * NEW.cents WHERE id = NEW.order_id
--rollback DROP TRIGGER order_lines_total

--changeset app:003-order-book
CREATE SQL SECURITY INVOKER VIEW order_book AS
SELECT o.id, o.ordered_at, c.name AS customer, o.total_cents
  FROM orders o JOIN customers c ON c.id = o.customer_id;
--rollback DROP VIEW order_book;
