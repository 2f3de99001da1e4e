export default {
    client: "pg",
    connection: process.env.DATABASE_URL,
    pool: { min: 0, max: 1 },
    // By itself Knex passes over files of this kind.
    migrations: { directory: "./migrations", loadExtensions: [".mjs"] },
};
