--liquibase formatted sql

--changeset shop:order-total runOnChange:true splitStatements:false
--comment: Total of an order in the smallest unit of its currency
CREATE OR REPLACE FUNCTION order_total(wanted_order_id bigint) RETURNS bigint
    LANGUAGE sql
    STABLE
AS $$
    SELECT coalesce(sum(quantity * price_minor), 0)::bigint
    FROM order_lines
    WHERE order_id = wanted_order_id;
$$;
--rollback DROP FUNCTION order_total(bigint);
