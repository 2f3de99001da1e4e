--liquibase formatted sql

--changeset shop:004-orders-customer-placed-idx runInTransaction:false
--comment: The orders of a customer, newest first. Built beside running traffic, which no transaction block allows.
CREATE INDEX CONCURRENTLY orders_customer_placed_idx ON orders (customer_id, placed_at DESC);
--rollback DROP INDEX CONCURRENTLY orders_customer_placed_idx;
