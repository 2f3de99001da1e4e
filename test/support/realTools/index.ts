import { execFileSync } from "node:child_process";
import * as path from "node:path";
import type { Project } from "../delivery";
import { password } from "../delivery";

let provided: string | undefined;

/** The directory in whose node_modules the tools are; installs them unless they are there. */
export function toolsDirectory(): string {
    const program = path.join(__dirname, "provide.mjs");
    return (provided ??= execFileSync(process.execPath, [program], { encoding: "utf8" }).trim());
}

/** Where the tools of the examples are: Knex's node_modules, and Alembic's virtual environment. Installs them once. */
export function exampleTools(): { knex: string; alembic: string } {
    const program = path.join(__dirname, "examples.mjs");
    return JSON.parse(execFileSync(process.execPath, [program], { encoding: "utf8" })) as ReturnType<
        typeof exampleTools
    >;
}

/** The usual variables of a connection to the project's database. */
function connectionOf(project: Project): Record<string, string> {
    const { host, port, name, username, caBundle } = project.connection();
    const login = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
    return {
        ...{ PGHOST: host, PGPORT: String(port), PGDATABASE: name, PGUSER: username, PGPASSWORD: password },
        ...{ PGSSLROOTCERT: caBundle, TOOLS: toolsDirectory() },
        DATABASE_URL: `postgres://${login}@${host}:${port}/${name}?sslmode=verify-full&sslrootcert=${encodeURIComponent(caBundle)}`,
    };
}

const folder = (project: Project) => path.join(project.source, "migrations");

/** Runs dbmate itself. */
export function dbmate(project: Project, ...args: string[]): string {
    const program = path.join(toolsDirectory(), "node_modules/@dbmate/linux-x64/bin/dbmate");
    return execFileSync(program, ["--migrations-dir", folder(project), "--no-dump-schema", ...args], {
        encoding: "utf8",
        env: connectionOf(project),
    });
}

/** Runs Drizzle's own migrator. */
export function migrateWithDrizzle(project: Project): void {
    execFileSync(process.execPath, [path.join(__dirname, "drizzle.mjs"), folder(project)], {
        env: connectionOf(project),
        stdio: ["ignore", "ignore", "pipe"],
    });
}
