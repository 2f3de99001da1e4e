import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "pg";
import { startThrowawayServer, type ThrowawayServer } from "../../scripts/check/throwaway";

/** A statement for every kind of object in a catalog. */
export const everything = readFileSync(
    join(__dirname, "../scripts/delivery/engines/postgresql/catalog/everything.sql"),
    "utf8",
);

/** A server with the roles that {@link everything} names, and an empty database of that name. */
export async function startCatalogServer(): Promise<{ server: ThrowawayServer; administrator: Client }> {
    const server = await startThrowawayServer();
    const administrator = await server.administrate();
    for (const role of ["app_owner", "app_reader", "app_writer"]) {
        await administrator.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
    }
    await administrator.query("CREATE DATABASE everything TEMPLATE template0");
    return { server, administrator };
}
