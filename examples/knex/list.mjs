// Prints what has run (`applied`), what has not (`pending`), or the SQL of a migration (`sql NAME up|down`). It only reads:
// Knex's own `migrate:list` creates its tables.
import { readdirSync } from "node:fs";
import knex from "knex";
import pg from "pg";
import config from "./knexfile.mjs";

const [what, name, direction] = process.argv.slice(2);
if (what === "sql") await printSql();
else await printNames();

/** What the migration would send to a database. There is none: each answer is empty. */
async function printSql() {
    const unconnected = knex({ client: config.client });
    const printer = {
        query({ text, values = [] }, answer) {
            const sql = values.length > 0 ? text.replace(/\$(\d+)/g, (_, n) => literal(values[n - 1])) : text;
            console.log(`${sql.replace(/;$/, "")};`);
            answer(null, { command: "SELECT", rows: [], rowCount: 0 });
        },
    };
    unconnected.client.acquireConnection = async () => printer;
    unconnected.client.releaseConnection = async () => {};
    const migration = await import(`./migrations/${name}`);
    await migration[direction](unconnected);
}

function literal(value) {
    return value === null || value === undefined ? "NULL" : pg.escapeLiteral(String(value));
}

async function printNames() {
    const database = knex(config);
    try {
        const known = await database.raw("SELECT to_regclass('knex_migrations') IS NOT NULL AS there");
        const rows = known.rows[0].there ? await database("knex_migrations").orderBy("id").select("name") : [];
        const applied = rows.map((row) => row.name);
        const all = readdirSync(new URL("migrations", import.meta.url)).sort();
        console.log((what === "applied" ? applied : all.filter((file) => !applied.includes(file))).join("\n"));
    } finally {
        await database.destroy();
    }
}
