import * as assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { startThrowawayServer, type ThrowawayServer } from "../../scripts/check/throwaway";
import type { Server } from "../../scripts/local/database/server";
import { SecretCredential } from "../../scripts/delivery/aws/credentials/secret";
import type { DatabaseSettings } from "../../scripts/delivery/settings";
import type { HistoryRow } from "../../scripts/delivery/history";
import type { Plan } from "../../scripts/delivery/plan/model";
import type { Deployment } from "../../scripts/delivery/report/deployment";
import { ensureToolchain } from "../../scripts/toolchain/ensure";
import { javaProgram } from "../../scripts/toolchain/java";
import { keptToolchain } from "../../scripts/toolchain/kept";
import { IamLogins } from "./iamLogins";

/** A password that URLs, JSON, XML and shells must all quote. */
export const password = `Pa$$w0rd "&<'%/\\ ü`;
const owner = "dbowner";
const compileCache = path.resolve(__dirname, "../../node_modules/.cache/aurora-pipeline/compiled");

export interface BuildResult {
    code: number | null;
    signal: NodeJS.Signals | null;
    /** Standard output and standard error, without the marks of a message's further lines. */
    output: string;
    /** The same as it was written. */
    raw: string;
    seconds: number;
}

/** What a build runs with, beside what the project sets. */
export interface BuildOptions {
    /** Variables to set; undefined unsets. */
    environment?: Record<string, string | undefined>;
    /** The Node.js that runs the build. Default: the one that runs the tests. */
    node?: string;
    /** Sees the process while it runs. */
    onStart?: (child: ChildProcess, output: () => string) => void;
}

let unpacked: string | undefined;

/** Directory with the toolchain, the same one for all tests of this machine. */
export function unpackedToolchain(): string {
    return (unpacked ??= keptToolchain(ensureToolchain(), javaProgram()));
}

/** A real server and a real toolchain to deliver with. */
export class Delivery {
    private databases = 0;

    private constructor(
        readonly server: ThrowawayServer,
        readonly toolchain: string,
        private readonly home: string,
        /** How users who have been granted `rds_iam` log in; undefined where the server has no such role. */
        readonly iam?: IamLogins,
    ) {}

    /**
     * With `iam`, on a server that users of IAM log in to by tokens, and all others by their passwords. `startServer` starts
     * another server than the usual one.
     */
    static async start({
        iam = false,
        startServer = () => startThrowawayServer({ iam }),
    }: { iam?: boolean; startServer?: () => Promise<ThrowawayServer> } = {}): Promise<Delivery> {
        const toolchain = unpackedToolchain();
        const server = await startServer();
        const home = fs.mkdtempSync(path.join(os.tmpdir(), "delivery-test-"));
        const administrator = await server.administrate();
        await administrator.query(
            `CREATE ROLE ${owner} LOGIN CREATEDB CREATEROLE PASSWORD ${administrator.escapeLiteral(password)}`,
        );
        const logins = iam ? await IamLogins.start(server.server, administrator, owner) : undefined;
        await administrator.end();
        return new Delivery(server, toolchain, home, logins);
    }

    /** Where builds connect to, and what they sign requests with. */
    get endpoint(): Pick<Server, "host" | "port" | "authority"> & { environment: Record<string, string> } {
        const { host, port, authority } = this.server.server;
        return { host, port: this.iam?.port ?? port, authority, environment: this.iam?.environment ?? {} };
    }

    async dispose(): Promise<void> {
        await this.iam?.close();
        await this.server.dispose();
        fs.rmSync(this.home, { recursive: true });
    }

    /** A new, empty database, or a copy of another one, and a source to deliver to it. */
    async project(template?: string): Promise<Project> {
        const name = `app_${(this.databases += 1)}`;
        const administrator = await this.server.administrate();
        await administrator.query(`CREATE DATABASE ${name} OWNER ${owner}${template ? ` TEMPLATE ${template}` : ""}`);
        await administrator.end();
        return this.source(name);
    }

    /** A copy of a project as it is now: database, source, artifacts and execution. Nobody may be connected to the original. */
    async copy(original: Project): Promise<Project> {
        const project = await this.project(original.database);
        fs.rmSync(project.source, { recursive: true });
        fs.cpSync(original.source, project.source, { recursive: true, verbatimSymlinks: true });
        project.tool = original.tool;
        project.nextExecution(original.execution);
        return project;
    }

    /** A further source that goes to a database that is there. */
    source(database: string, name = database): Project {
        return new Project(this, database, path.join(this.home, name));
    }
}

/** Starts a server for the suite. */
export function beforeDelivery(
    prepare: (delivery: Delivery) => void | Promise<void>,
    options?: Parameters<typeof Delivery.start>[0],
): void {
    let delivery: Delivery | undefined;
    before(async () => {
        delivery = await Delivery.start(options);
        await prepare(delivery);
    });
    after(() => delivery?.dispose());
}

/** Starts a server for the suite, and hands a new project to each of its tests. */
export function beforeEachProject(prepare: (project: Project, delivery: Delivery) => void | Promise<void>): void {
    let delivery: Delivery;
    beforeDelivery((started) => {
        delivery = started;
    });
    beforeEach(async () => prepare(await delivery.project(), delivery));
}

/** Starts a server for the suite, prepares one project, and hands a copy of it to each of its tests. */
export function beforeEachCopy(
    prepareOriginal: (original: Project, delivery: Delivery) => Promise<void>,
    prepare: (project: Project, delivery: Delivery) => void | Promise<void>,
): void {
    let delivery: Delivery;
    let original: Project;
    beforeDelivery(async (started) => {
        delivery = started;
        original = await delivery.project();
        await prepareOriginal(original, delivery);
    });
    beforeEach(async () => prepare(await delivery.copy(original), delivery));
}

/** A changeset that creates a table. */
export function createTable(name: string): string {
    return `--changeset me:${name}\nCREATE TABLE ${name} (id bigint PRIMARY KEY, note text);\n--rollback DROP TABLE ${name};`;
}

/** A database and the source that goes there. */
export class Project {
    private executions = 0;
    /** The migration tool of its builds, by its name in the contract. Default: the delivery program's. */
    tool: string | undefined;

    constructor(
        private readonly delivery: Pick<Delivery, "server" | "toolchain" | "endpoint">,
        readonly database: string,
        readonly source: string,
    ) {
        this.write({ "liquibase.properties": "changeLogFile=changelog.sql\n" });
    }

    /** Writes files of the migrations directory. */
    write(files: Record<string, string>): void {
        for (const [name, content] of Object.entries(files)) {
            const file = path.join(this.source, "migrations", name);
            fs.mkdirSync(path.dirname(file), { recursive: true });
            fs.writeFileSync(file, content);
        }
    }

    /** Copies files into the migrations directory. */
    copy(...files: [name: string, from: string][]): void {
        for (const [name, from] of files) {
            const file = path.join(this.source, "migrations", name);
            fs.mkdirSync(path.dirname(file), { recursive: true });
            fs.copyFileSync(from, file);
        }
    }

    /** Empties the migrations directory. */
    clear(): void {
        fs.rmSync(path.join(this.source, "migrations"), { recursive: true, force: true });
    }

    /** Writes the changelog from formatted SQL. */
    changelog(...changesets: string[]): void {
        this.write({ "changelog.sql": ["--liquibase formatted sql", ...changesets].join("\n\n") });
    }

    /** Begins another execution of the pipeline: another release id. */
    nextExecution(number = this.executions + 1): string {
        this.executions = number;
        return this.releaseId;
    }

    /** The number of the pipeline's execution. */
    get execution(): number {
        return this.executions;
    }

    get releaseId(): string {
        return `release-abcdef0-execut${String(this.executions).padStart(2, "0")}`;
    }

    /** Keeps the plan as the one that was approved; returns its directory. */
    approve(): string {
        const directory = path.join(this.source, "..", `${this.database}-approved`);
        fs.rmSync(directory, { recursive: true, force: true });
        fs.cpSync(path.join(this.source, ".delivery/artifacts"), directory, { recursive: true });
        return directory;
    }

    async build(
        action: string,
        { environment = {}, node = process.execPath, onStart }: BuildOptions = {},
    ): Promise<BuildResult> {
        const started = performance.now();
        const child = spawn(node, [path.join(this.delivery.toolchain, "delivery.cjs"), action], {
            cwd: this.source,
            env: { ...this.environment(), ...environment },
            stdio: ["ignore", "pipe", "pipe"],
        });
        let output = "";
        child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
        child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
        onStart?.(child, () => output);
        return new Promise((resolve) => {
            child.on("close", (code, signal) => {
                const unmarked = output.replaceAll(/^\| /gm, "");
                resolve({ code, signal, output: unmarked, raw: output, seconds: (performance.now() - started) / 1000 });
            });
        });
    }

    /** Builds, holds the build to its exit code, and returns what it said. */
    async buildEnding(expected: number, action: string, options?: BuildOptions): Promise<string> {
        const { code, output } = await this.build(action, options);
        assert.equal(code, expected, output);
        return output;
    }

    /** What connects to the database, as the program's own settings have it. */
    connection(): DatabaseSettings {
        const { host, port, authority } = this.delivery.server.server;
        const credential = new SecretCredential(password, undefined, () => undefined);
        return {
            host,
            port,
            name: this.database,
            username: owner,
            credential,
            caBundle: authority,
            silenceSeconds: 45,
        };
    }

    artifact(name: string): string {
        return fs.readFileSync(path.join(this.source, ".delivery/artifacts", name), "utf8");
    }

    plan(): Plan {
        return JSON.parse(this.artifact("plan.json")) as Plan;
    }

    deployment(): Deployment {
        return JSON.parse(this.artifact("deployment.json")) as Deployment;
    }

    report(): string {
        return fs.readFileSync(path.join(this.source, ".delivery/reports/delivery.xml"), "utf8");
    }

    /** Everything that the last build left behind. */
    everything(): string {
        const directory = path.join(this.source, ".delivery");
        return fs
            .readdirSync(directory, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), "utf8"))
            .join("\n");
    }

    exports(): string {
        return fs.readFileSync(path.join(this.source, ".delivery/exports.env"), "utf8");
    }

    async query<T extends object>(sql: string): Promise<T[]> {
        const client = await this.delivery.server.administrate(this.database);
        try {
            return (await client.query<T>(sql)).rows;
        } finally {
            await client.end();
        }
    }

    /** Names of the tables in the database, without the one in which deployments record the catalog. */
    async tables(): Promise<string[]> {
        const rows = await this.query<{ name: string }>(
            "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_name <> 'aurora_pipeline_deployments' ORDER BY 1",
        );
        return rows.map(({ name }) => name);
    }

    /** Ids in the history, in order; the pipeline's own rows show their tag in brackets. */
    async history(): Promise<string[]> {
        const rows = await this.query<Pick<HistoryRow, "id" | "file" | "tag">>(
            "SELECT id, filename AS file, tag FROM databasechangelog ORDER BY dateexecuted, orderexecuted",
        );
        return rows.map(({ id, file, tag }) => (file === "liquibase-internal" ? `[${tag}]` : id));
    }

    /** What every build of it has. */
    environment(): Record<string, string | undefined> {
        const { host, port, authority, environment } = this.delivery.endpoint;
        return {
            ...environment,
            PATH: process.env.PATH,
            HOME: process.env.HOME,
            // What Node.js has compiled of the delivery program: a fifth of its processor time.
            NODE_COMPILE_CACHE: compileCache,
            JAVA_HOME: process.env.JAVA_HOME,
            CODEBUILD_SRC_DIR: this.source,
            DB_ENGINE: "aurora-postgresql",
            DB_HOST: host,
            DB_PORT: String(port),
            DB_NAME: this.database,
            DB_USERNAME: owner,
            DB_PASSWORD: password,
            MIGRATIONS_DIRECTORY: "migrations",
            MIGRATION_TOOL: this.tool,
            ENVIRONMENT_NAME: "dev",
            PIPELINE_EXECUTION_ID: `execut${String(this.executions).padStart(2, "0")}`,
            SOURCE_REVISION: "abcdef0123456789",
            ROLLBACK_TO: "none",
            PGSSLROOTCERT: authority,
            // Long enough for whoever is alive on this machine.
            TAKEOVER_GRACE_SECONDS: "2",
        };
    }
}
