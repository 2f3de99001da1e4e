export const up = (knex) =>
    knex.schema.createTable("books", (table) => {
        table.bigInteger("id").primary();
        table.bigInteger("author").notNullable().references("authors.id");
    });

export const down = (knex) => knex.schema.dropTable("books");
