-- check: every customer has a normalised e-mail address
SELECT count(*) = 0 FROM customers WHERE email_normalised IS NULL;

-- check: an order without lines costs nothing
SELECT order_total(0) = 0;
