--liquibase formatted sql

--changeset shop:006-normalised-email-column
ALTER TABLE customers ADD COLUMN email_normalised text;
--rollback ALTER TABLE customers DROP COLUMN email_normalised;

--changeset shop:006-normalised-email-trigger splitStatements:false
--comment: From here on every write keeps the column right, so the backfill has an end
CREATE FUNCTION normalise_customer_email() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    NEW.email_normalised := lower(btrim(NEW.email));
    RETURN NEW;
END;
$$;
CREATE TRIGGER customers_normalise_email
    BEFORE INSERT OR UPDATE OF email ON customers
    FOR EACH ROW EXECUTE FUNCTION normalise_customer_email();
--rollback DROP TRIGGER customers_normalise_email ON customers;
--rollback DROP FUNCTION normalise_customer_email();

--changeset shop:006-normalised-email-backfill
--comment: A change of its own: the rows are locked for as long as they are rewritten, the table never is
UPDATE customers SET email_normalised = lower(btrim(email)) WHERE email_normalised IS NULL;
--rollback UPDATE customers SET email_normalised = NULL;

--changeset shop:006-normalised-email-present
--comment: NOT VALID is instant; the validation after it reads the table without blocking writers
ALTER TABLE customers ADD CONSTRAINT customers_email_normalised_present CHECK (email_normalised IS NOT NULL) NOT VALID;
--rollback ALTER TABLE customers DROP CONSTRAINT customers_email_normalised_present;

--changeset shop:006-normalised-email-validate
ALTER TABLE customers VALIDATE CONSTRAINT customers_email_normalised_present;
--rollback ALTER TABLE customers DROP CONSTRAINT customers_email_normalised_present;
--rollback ALTER TABLE customers ADD CONSTRAINT customers_email_normalised_present CHECK (email_normalised IS NOT NULL) NOT VALID;
