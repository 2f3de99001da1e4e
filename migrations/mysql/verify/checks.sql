-- check: every product has a slug
SELECT COUNT(*) = 0 FROM products WHERE slug IS NULL OR slug = '';

-- check: totals are the sums of their lines
SELECT COUNT(*) = 0
  FROM orders o
 WHERE o.total_cents <> (SELECT COALESCE(SUM(quantity * cents), 0) FROM order_lines WHERE order_id = o.id);
