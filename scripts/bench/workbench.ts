import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import {
    AuthVariables,
    EnvironmentVariables as variables,
    noRollback,
    type ReleaseCommand,
    Toolchain,
} from "../../components/contract";
import type { TrialServer } from "../check/trial";
import { trialEngines } from "../check/trialEngines";
import { localEngineNamed } from "../local/database/localEngines";
import type { Server } from "../local/database/server";
import { ensureToolchain } from "../toolchain/ensure";
import { unpack } from "../toolchain/kept";
import { run } from "./process";

const account = { user: "bench", password: "bench-only-on-this-machine" };

export type BenchEngine = keyof typeof trialEngines;

/** How bare Liquibase connects, with the TLS of the builds. */
const urls: Readonly<Record<BenchEngine, (server: Server, database: string) => string>> = {
    postgres: ({ host, port, authority }, database) =>
        `jdbc:postgresql://${host}:${port}/${database}?sslmode=verify-full&sslrootcert=${authority}`,
    mysql: ({ host, port, authority }, database) =>
        `jdbc:mariadb://${host}:${port}/${database}?sslMode=verify-full&serverSslCert=${authority}`,
};

/** A checkout and the database that it goes to. */
export interface Side {
    source: string;
    database: string;
}

/** A server and the toolchain: the delivery program, and beside it the same Liquibase, bare. */
export class Workbench {
    private constructor(
        private readonly scratch: string,
        private readonly engine: BenchEngine,
        private readonly server: TrialServer,
        private readonly toolchain: string,
    ) {}

    static async with<T>(engine: BenchEngine, work: (bench: Workbench) => Promise<T>): Promise<T> {
        const scratch = mkdtempSync(path.join(tmpdir(), "aurora-pipeline-bench-"));
        const server = await trialEngines[engine].start();
        try {
            // Without class data, as in CodeBuild.
            const toolchain = path.join(scratch, "toolchain");
            unpack(ensureToolchain(), toolchain);
            return await work(new Workbench(scratch, engine, server, toolchain));
        } finally {
            await server.dispose();
            rmSync(scratch, { recursive: true, force: true });
        }
    }

    /** An empty database, and a source whose migrations `fill` writes. */
    async side(name: string, fill: (migrations: string) => void): Promise<Side> {
        const source = path.join(this.scratch, name);
        mkdirSync(path.join(source, "migrations"), { recursive: true });
        fill(path.join(source, "migrations"));
        const { name: engine } = trialEngines[this.engine];
        await localEngineNamed(engine).provision(this.server.server, { name, ...account });
        return { source, database: name };
    }

    deliver(action: ReleaseCommand, { source, database }: Side, round: number): Promise<void> {
        const { server } = this.server;
        return run(process.execPath, [path.join(this.toolchain, Toolchain.program), action], {
            cwd: source,
            env: {
                CODEBUILD_SRC_DIR: source,
                PGSSLROOTCERT: server.authority,
                [variables.databaseEngine]: trialEngines[this.engine].name,
                [variables.databaseHost]: server.host,
                [variables.databasePort]: String(server.port),
                [variables.databaseName]: database,
                [variables.databaseUsername]: account.user,
                [AuthVariables.password]: account.password,
                [variables.migrationsDirectory]: "migrations",
                [variables.environmentName]: "bench",
                [variables.sourceRevision]: "0".repeat(40),
                [variables.pipelineExecutionId]: `${String(round).padStart(8, "0")}-0000-4000-8000-000000000000`,
                [variables.rollbackTo]: noRollback,
            },
        });
    }

    /** Liquibase as its users run it: one command, one JVM. */
    liquibase(command: string, { source, database }: Side): Promise<void> {
        const { server } = this.server;
        return run(
            "java",
            [
                ...["-cp", path.join(this.toolchain, Toolchain.libraries, "*")],
                "liquibase.integration.commandline.LiquibaseCommandLine",
                "--analytics-enabled=false",
                "--show-banner=false",
                `--search-path=${path.join(source, "migrations")}`,
                `--url=${urls[this.engine](server, database)}`,
                command,
                "--changelog-file=changelog.yaml",
                "-Ddefault_currency=EUR",
            ],
            {
                cwd: source,
                env: { LIQUIBASE_COMMAND_USERNAME: account.user, LIQUIBASE_COMMAND_PASSWORD: account.password },
            },
        );
    }
}
