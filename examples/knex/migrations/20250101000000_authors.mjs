export const up = (knex) =>
    knex.schema.createTable("authors", (table) => {
        table.bigInteger("id").primary();
        table.text("name").notNullable();
    });

export const down = (knex) => knex.schema.dropTable("authors");
