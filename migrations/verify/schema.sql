-- check: every order status that the application knows is there
SELECT count(*) = 4 FROM order_statuses WHERE code IN ('placed', 'shipped', 'delivered', 'cancelled');

-- check: the index for a customer's orders is valid
SELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_customer_placed_idx'::regclass;
