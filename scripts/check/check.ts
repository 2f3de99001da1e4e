import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { unzipSync } from "fflate";
import {
    AuthenticationVariables,
    caBundleVariable,
    codeVariable,
    EnvironmentVariables,
    Toolchain,
} from "../../components/contract";
import { keyOf } from "../delivery/changesets";
import { refuseEndless } from "../delivery/input/endless";
import { type Migrations, readMigrations } from "../delivery/input/migrations";
import { readSettings, type Settings } from "../delivery/input/settings";
import { readChangelog, type SourceChangelog } from "../delivery/lint";
import { Liquibase } from "../delivery/liquibase/liquibase";
import type { ChangesetEvent } from "../delivery/liquibase/session";
import { jsonText } from "../delivery/report/text";
import { checkout, openLocalDirectory } from "../local/directories";
import { jarsIn } from "../local/pipeline/artifacts";
import type { Progress } from "../local/progress/progress";
import { openMigrations, resolveJars } from "../local/source/migrations";
import { ensureToolchain } from "../toolchain/ensure";
import { CheckDatabase } from "./database";
import { Proof, type PlannedChangeset } from "./proof";
import { type CheckReport, placesOf, renderReport, reportJunit } from "./report";
import { startThrowawayServer, type ThrowawayServer } from "./throwaway";
import { isFinding } from "./verdict";
import { proveWhole } from "./whole";

export interface CheckOptions {
    /** The migrations directory. */
    migrations: string;
    /** Where report.json and junit.xml go. */
    output: string;
    /** Whether changesets run as the database's administrator, and not as the user that the pipeline deploys as. */
    administrator?: boolean;
    /** Whether changelogs may run code of the repository. */
    allowCode?: boolean;
    progress: Pick<Progress, "step" | "say">;
    signal: AbortSignal;
}

/** Proves every rollback of a changelog on a throwaway database; returns the report, which is also written. */
export async function check(options: CheckOptions): Promise<CheckReport> {
    const { progress, signal } = options;
    const startedAt = new Date();
    const toolchain = await progress.step("Toolchain", (log) => Promise.resolve(ensureToolchain({ log })));
    const migrations = await openChangelog(options, toolchain);
    signal.throwIfAborted();

    const scratch = mkdtempSync(join(tmpdir(), "aurora-pipeline-check-"));
    let server: ThrowawayServer | undefined;
    try {
        server = await progress.step("Throwaway PostgreSQL", () => startThrowawayServer());
        unpackJava(toolchain, scratch);
        const proof = await prove(options, migrations, server, scratch);
        const seconds = (Date.now() - startedAt.getTime()) / 1000;
        const report: CheckReport = {
            passed: proof.whole.result !== "Failed" && !proof.changesets.some(({ verdict }) => isFinding(verdict)),
            migrations: migrations.directory,
            changelogFile: migrations.changelogFile,
            startedAt: startedAt.toISOString(),
            seconds,
            ...proof,
        };
        write(report, options);
        return report;
    } finally {
        await server?.dispose();
        rmSync(scratch, { recursive: true, force: true });
    }
}

/** The directory's changelog, with the jars that its own `pom.xml` asks for; those of the toolchain are there anyway. */
async function openChangelog(
    { migrations: path, progress, signal }: CheckOptions,
    toolchain: string,
): Promise<Migrations> {
    const opened = openMigrations(path);
    const migrations = readMigrations(opened.directory);
    refuseEndless(migrations);
    if (opened.pom === undefined || opened.directory === join(checkout, "migrations")) {
        return migrations;
    }
    const jars = await progress.step("Jars of the changelog (Maven)", () =>
        resolveJars(opened, openLocalDirectory().jars, jarsIn(toolchain), {
            signal,
            say: (line) => progress.say(line),
        }),
    );
    return { ...migrations, jars: [...migrations.jars, ...jars] };
}

type Proven = Pick<CheckReport, "server" | "changesets" | "whole">;

async function prove(
    options: CheckOptions,
    migrations: Migrations,
    server: ThrowawayServer,
    scratch: string,
): Promise<Proven> {
    const database = await CheckDatabase.create(server, options.administrator ?? false);
    try {
        const liquibase = new Liquibase(
            settingsFor(options, server, database, migrations, scratch),
            migrations,
            scratch,
        );
        const abort = () => void liquibase.close();
        options.signal.addEventListener("abort", abort);
        try {
            return await proveOn(database, liquibase, migrations, options.progress);
        } finally {
            options.signal.removeEventListener("abort", abort);
            await liquibase.close();
        }
    } finally {
        await database.close();
    }
}

async function proveOn(
    database: CheckDatabase,
    liquibase: Liquibase,
    { directory, changelogFile, parameters }: Migrations,
    progress: CheckOptions["progress"],
): Promise<Proven> {
    const source = readChangelog(directory, changelogFile, parameters);
    const planned = await progress.step("Reading the changelog", async () =>
        plan((await liquibase.previewUpdate()).events, source),
    );
    const empty = await database.state();
    const changesets = await progress.step(`Applying, undoing and applying again, ${planned.length} times`, (log) =>
        new Proof(liquibase, database, planned, (changeset) => {
            if (isFinding(changeset.verdict)) {
                log(`✗ ${keyOf(changeset)}: ${changeset.message ?? ""}`);
            }
        }).run(),
    );
    const whole = await progress.step("Undoing all at once, and applying again", () =>
        proveWhole(liquibase, database, empty, changesets),
    );
    const placeOf = placesOf(source.changesets);
    return {
        server: await database.version(),
        changesets: changesets.map((changeset) => ({ ...changeset, place: placeOf(changeset) })),
        whole,
    };
}

/** What is known before anything runs: the statements of each rollback, and which changesets say that they need none. */
function plan(preview: ChangesetEvent[], { changesets }: SourceChangelog): PlannedChangeset[] {
    const reasons = new Map(changesets.map((changeset) => [keyOf(changeset), changeset.rollback.reason]));
    return preview
        .filter(({ event }) => event === "ran")
        .map(({ id, author, file, undo }) => ({
            id,
            author,
            file,
            undoSql: undo,
            irreversible: reasons.get(keyOf({ id, author, file })),
        }));
}

/** The settings of a build on the throwaway database: of a plan, since nobody else is there to guard against. */
function settingsFor(
    { allowCode = false }: CheckOptions,
    { server }: ThrowawayServer,
    { account }: CheckDatabase,
    { directory }: Migrations,
    scratch: string,
): Settings {
    const variables = EnvironmentVariables;
    const environment = {
        [variables.databaseEngine]: "aurora-postgresql",
        [variables.databaseHost]: server.host,
        [variables.databasePort]: String(server.port),
        [variables.databaseName]: account.name,
        [variables.databaseUsername]: account.user,
        [AuthenticationVariables.password]: account.password,
        [variables.migrationsDirectory]: ".",
        [codeVariable]: String(allowCode),
        [variables.environmentName]: "check",
        [variables.pipelineExecutionId]: "check",
        [variables.sourceRevision]: "check",
        [caBundleVariable]: server.authority,
        CODEBUILD_SRC_DIR: directory,
    };
    return readSettings("plan", environment, scratch);
}

function unpackJava(archive: string, directory: string): void {
    const wanted = [`${Toolchain.libraries}/`, `${Toolchain.classes}/`];
    const files = unzipSync(readFileSync(archive), {
        filter: ({ name }) => wanted.some((folder) => name.startsWith(folder)),
    });
    for (const [name, content] of Object.entries(files)) {
        const file = join(directory, name);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
    }
}

function write(report: CheckReport, { output, progress }: CheckOptions): void {
    const directory = resolve(output);
    const files = { json: join(directory, "report.json"), junit: join(directory, "junit.xml") };
    mkdirSync(directory, { recursive: true });
    writeFileSync(files.json, jsonText(report));
    writeFileSync(files.junit, reportJunit(report));
    for (const line of renderReport(report)) {
        progress.say(line);
    }
    progress.say(`Reports: ${files.json}, ${files.junit}`);
}
