--liquibase formatted sql

--changeset app:006-products-search
--comment: It blocks writes while it is built. From then on no column is added to the table instantly.
CREATE FULLTEXT INDEX products_search ON products (title, description);
--rollback DROP INDEX products_search ON products;
