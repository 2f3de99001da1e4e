// Runs Drizzle's own migrator: `node drizzle.mjs FOLDER`, with the packages in the directory TOOLS and the usual variables.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.TOOLS, "package.json"));
const { Client } = require("pg");
const { drizzle } = require("drizzle-orm/node-postgres");
const { migrate } = require("drizzle-orm/node-postgres/migrator");

const client = new Client({ ssl: { ca: readFileSync(process.env.PGSSLROOTCERT, "utf8") } });
await client.connect();
await migrate(drizzle(client), { migrationsFolder: process.argv[2] });
await client.end();
