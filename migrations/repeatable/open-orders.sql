--liquibase formatted sql

--changeset shop:open-orders runOnChange:true
--comment: Orders that somebody still has to work on
CREATE OR REPLACE VIEW open_orders AS
SELECT orders.id, orders.customer_id, customers.full_name, orders.status, orders.placed_at
FROM orders
JOIN customers ON customers.id = orders.customer_id
JOIN order_statuses ON order_statuses.code = orders.status
WHERE NOT order_statuses.is_final;
--rollback DROP VIEW open_orders;
