import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { unzipSync } from "fflate";
import { readFileSync } from "node:fs";
import { EnvironmentVariables as variables, noRollback, Toolchain } from "../../components/contract";
import { startThrowawayServer, ThrowawayServer } from "../check/throwaway";
import { provision } from "../local/database/provision";
import { ensureToolchain } from "../toolchain/ensure";
import { run } from "./process";
import { inTurn, Pairs } from "./statistics";

const migrations = path.join(__dirname, "..", "..", "migrations");
const account = { user: "bench", password: "bench-only-on-this-machine" };

/** One checkout and one database for each of the two. */
interface Side {
    source: string;
    database: string;
}

/** `deploy` of one changeset, all of it, against a bare `liquibase update` of the same. */
export async function deployment(rounds: number): Promise<Pairs> {
    const scratch = mkdtempSync(path.join(tmpdir(), "aurora-pipeline-bench-"));
    const server = await startThrowawayServer();
    try {
        const toolchain = unpack(ensureToolchain(), path.join(scratch, "toolchain"));
        const sides = {
            measured: await side(scratch, server, "measured"),
            baseline: await side(scratch, server, "baseline"),
        };
        const step = async (name: keyof typeof sides, round: number) => {
            // The first round brings the sample database; every later one adds one changeset.
            if (round > 0) addChangeset(sides[name], round);
            await (name === "measured" ? deploy : update)(toolchain, server, sides[name], round);
        };
        return await inTurn(
            rounds,
            (round) => step("measured", round),
            (round) => step("baseline", round),
        );
    } finally {
        await server.dispose();
        rmSync(scratch, { recursive: true, force: true });
    }
}

function deploy(
    toolchain: string,
    { server }: ThrowawayServer,
    { source, database }: Side,
    round: number,
): Promise<void> {
    return run(process.execPath, [path.join(toolchain, Toolchain.program), "deploy"], {
        cwd: source,
        env: {
            CODEBUILD_SRC_DIR: source,
            PGSSLROOTCERT: server.authority,
            [variables.databaseEngine]: "aurora-postgresql",
            [variables.databaseHost]: server.host,
            [variables.databasePort]: String(server.port),
            [variables.databaseName]: database,
            [variables.databaseUsername]: account.user,
            [variables.databasePassword]: account.password,
            [variables.migrationsDirectory]: "migrations",
            [variables.environmentName]: "bench",
            [variables.sourceRevision]: "0".repeat(40),
            [variables.pipelineExecutionId]: `${String(round).padStart(8, "0")}-0000-4000-8000-000000000000`,
            [variables.rollbackTo]: noRollback,
        },
    });
}

function update(toolchain: string, { server }: ThrowawayServer, { source, database }: Side): Promise<void> {
    return run(
        "java",
        [
            ...["-cp", path.join(toolchain, Toolchain.libraries, "*")],
            "liquibase.integration.commandline.LiquibaseCommandLine",
            "--analytics-enabled=false",
            "--show-banner=false",
            `--search-path=${path.join(source, "migrations")}`,
            `--url=jdbc:postgresql://${server.host}:${server.port}/${database}?sslmode=verify-full&sslrootcert=${server.authority}`,
            "update",
            "--changelog-file=changelog.yaml",
            "-Ddefault_currency=EUR",
        ],
        {
            cwd: source,
            env: { LIQUIBASE_COMMAND_USERNAME: account.user, LIQUIBASE_COMMAND_PASSWORD: account.password },
        },
    );
}

async function side(scratch: string, { server }: ThrowawayServer, name: string): Promise<Side> {
    const source = path.join(scratch, name);
    cpSync(migrations, path.join(source, "migrations"), { recursive: true });
    await provision(server, { name, ...account });
    return { source, database: name };
}

function addChangeset({ source }: Side, round: number): void {
    const name = `100-round-${round}`;
    writeFileSync(
        path.join(source, "migrations", "changesets", `${name}.sql`),
        [
            "--liquibase formatted sql",
            `--changeset bench:${name}`,
            `CREATE TABLE round_${round} (id bigint PRIMARY KEY);`,
            `--rollback DROP TABLE round_${round};`,
            "",
        ].join("\n"),
    );
}

function unpack(archive: string, directory: string): string {
    for (const [name, content] of Object.entries(unzipSync(readFileSync(archive)))) {
        const file = path.join(directory, name);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, content, { mode: 0o755 });
    }
    return directory;
}
