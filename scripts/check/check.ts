import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { keyOf, mostListed } from "../delivery/changesets";
import { Countdown } from "../delivery/countdown";
import { engineNamed } from "../delivery/engines/registry";
import { readMigrations } from "../delivery/input/migrations";
import { blocks } from "../delivery/lint";
import type { LintChangeset } from "../delivery/lint/finding";
import type { Settings } from "../delivery/settings";
import { type CheckOutcome, verify } from "../delivery/safety/verify";
import { liquibase as tool } from "../delivery/tools/liquibase";
import { Liquibase } from "../delivery/tools/liquibase/liquibase";
import { LiquibaseProject, readProject } from "../delivery/tools/liquibase/project";
import type { Changelog } from "../delivery/tools/liquibase/properties";
import type { Sources } from "../delivery/tools/sources";
import type { ChangesetEvent } from "../delivery/tools/events";
import { jsonText } from "../delivery/report/text";
import { ensureToolchain } from "../toolchain/ensure";
import { javaProgram } from "../toolchain/java";
import { keptToolchain } from "../toolchain/kept";
import { openChangelog, settingsFor, type ThrowawayOptions } from "./changelog";
import { type Base, baseOf } from "./base";
import { changesetsOf } from "./changes";
import { lintRelease, nextRelease, pushedIn } from "./lint";
import { Proof, type PlannedChangeset } from "./proof";
import type { State } from "./state";
import { type CheckReport, placesOf, renderReport, reportJunit } from "./report";
import type { TrialDatabase, TrialEngine, TrialServer } from "./trial";
import { trialEngines } from "./trialEngines";
import { isFinding, Verdicts } from "./verdict";
import { proveWhole } from "./whole";

export interface CheckOptions extends ThrowawayOptions {
    /** Where report.json and junit.xml go. */
    output: string;
    /** Of the throwaway server. Default: `postgres`. */
    engine?: keyof typeof trialEngines;
    /** Whether changesets run as the database's administrator instead of the pipeline's migrator. */
    administrator?: boolean;
    /** The commit that the next push starts from, for lint. Default: see `baseOf`. */
    since?: string;
}

/** Proves every rollback of a changelog on a throwaway database, and lints what is new; writes the report. */
export async function check(options: CheckOptions): Promise<CheckReport> {
    const { progress, signal } = options;
    const startedAt = new Date();
    const toolchain = await progress.step("Toolchain", (log) => Promise.resolve(ensureToolchain({ log })));
    const migrations = await openChangelog(options, toolchain);
    const base = await baseOf(migrations.directory, options.since);
    signal.throwIfAborted();

    const scratch = mkdtempSync(join(tmpdir(), "aurora-pipeline-check-"));
    const engine = trialEngines[options.engine ?? "postgres"];
    let server: TrialServer | undefined;
    try {
        server = await progress.step(`Throwaway ${engine.label}`, () => engine.start());
        const kept = keptToolchain(toolchain, javaProgram());
        const proof = await prove({ ...options, trial: engine }, { migrations, base }, server, {
            scratch,
            toolchain: kept,
        });
        const seconds = (Date.now() - startedAt.getTime()) / 1000;
        const report: CheckReport = {
            passed: hasPassed(proof),
            migrations: migrations.directory,
            changelogFile: migrations.changelogFile,
            engine: engine.label,
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

type Proven = Pick<CheckReport, "server" | "changesets" | "changes" | "whole" | "verification" | "linted" | "lint">;

function hasPassed({ whole, changesets, verification, lint }: Proven): boolean {
    return (
        whole.result !== "Failed" &&
        !blocks(lint) &&
        !changesets.some(({ verdict }) => isFinding(verdict)) &&
        !verification.some(({ failure }) => failure !== undefined)
    );
}

async function prove(
    options: CheckOptions & { trial: TrialEngine },
    { migrations, base }: { migrations: Changelog; base?: Base },
    server: TrialServer,
    directories: { scratch: string; toolchain: string },
): Promise<Proven> {
    const database = await server.create(options.administrator ?? false);
    try {
        const { trial, allowCode } = options;
        const settings = settingsFor(
            { allowCode, engine: trial.name },
            server,
            database,
            migrations,
            directories.toolchain,
        );
        const liquibase = new Liquibase(settings, migrations, directories.scratch, engineNamed(trial.name));
        const abort = () => void liquibase.close();
        options.signal.addEventListener("abort", abort);
        try {
            const baseDirectory = join(directories.scratch, "base");
            mkdirSync(baseDirectory);
            const proven = await proveOn(database, liquibase, migrations, {
                ...{ base, trial, baseDirectory, progress: options.progress, toolchain: directories.toolchain },
                afterBase: () =>
                    stateAfter(options, { directory: baseDirectory, jars: migrations.jars }, server, {
                        ...{ database, ...directories },
                    }),
            });
            return {
                ...proven,
                verification: await verifyAll(settings, migrations.directory, proven, options.progress),
            };
        } finally {
            options.signal.removeEventListener("abort", abort);
            await liquibase.close();
        }
    } finally {
        await database.close();
    }
}

/** With what the next release is compared. */
interface ReleaseScene extends Pick<CheckOptions, "progress"> {
    base?: Base;
    trial: TrialEngine;
    /** An empty directory for its files. */
    baseDirectory: string;
    toolchain: string;
    /** The database that the base makes; undefined if it fails. */
    afterBase: () => Promise<State | undefined>;
}

/** What an earlier changelog makes of the database, which is empty again afterwards. */
async function stateAfter(
    { trial, allowCode, signal }: CheckOptions & { trial: TrialEngine },
    { directory, jars }: Pick<Changelog, "directory" | "jars">,
    server: TrialServer,
    { database, scratch, toolchain }: { database: TrialDatabase; scratch: string; toolchain: string },
): Promise<State | undefined> {
    const changelog = { ...readProject(directory).changelog, jars };
    const settings = settingsFor({ allowCode, engine: trial.name }, server, database, changelog, toolchain);
    const liquibase = new Liquibase(settings, changelog, mkdtempSync(join(scratch, "run-")), engineNamed(trial.name));
    const abort = () => void liquibase.close();
    signal.addEventListener("abort", abort);
    try {
        const { exitCode } = await liquibase.update(() => {});
        return exitCode === 0 ? await database.state() : undefined;
    } finally {
        signal.removeEventListener("abort", abort);
        await liquibase.close();
        await database.recreate();
    }
}

async function proveOn(
    database: TrialDatabase,
    liquibase: Liquibase,
    changelog: Changelog,
    { progress, base, baseDirectory, toolchain, trial, afterBase }: ReleaseScene,
): Promise<Omit<Proven, "verification">> {
    const source = new LiquibaseProject(changelog).sources();
    const preview = await progress.step("Reading the changelog", () => liquibase.previewUpdate());
    const events = preview.events.filter(({ event }) => event === "ran");
    const planned = plan(events, source);
    const pushed = base && (await pushedIn(changelog.directory, base, baseDirectory));
    const release = nextRelease(planned, changesetsOf(changelog.directory, source), pushed);
    const first = release.changesets[0];
    let before = release.again.length > 0 ? await afterBase() : undefined;
    const isKnown = before !== undefined;
    const empty = await database.state();
    const changesets = await progress.step(
        `Applying, undoing and reapplying each changeset (${planned.length})`,
        (log) => {
            const countdown = new Countdown(planned.length, log);
            let found = 0;
            return new Proof(
                liquibase,
                database,
                planned,
                (changeset) => {
                    countdown.step();
                    // The report has them in full.
                    if (isFinding(changeset.verdict) && ++found <= mostListed) {
                        log(`✗ ${keyOf(changeset)}: ${changeset.message ?? ""}`);
                    }
                },
                (changeset, state) => {
                    if (!isKnown && first !== undefined && keyOf(changeset) === keyOf(first)) before = state;
                },
            ).run();
        },
    );
    const server = await database.version();
    // The first of the release may have failed, or not run at all: then nothing of it is there.
    const scene = { directory: changelog.directory, sources: source, server, toolchain, engine: trial };
    const lint = await progress.step(`Linting ${release.which}`, async () =>
        lintRelease(release, preview, {
            ...scene,
            before: before ?? (first === planned[0] ? empty : await database.state()),
        }),
    );
    const whole = await progress.step("Undoing and reapplying all at once", () =>
        proveWhole(liquibase, database, empty, changesets),
    );
    const placeOf = placesOf(source.changesets);
    return {
        server,
        changesets: changesets.map((changeset) => ({ ...changeset, place: placeOf(changeset) })),
        changes: events.map(linted),
        whole,
        linted: release.which,
        lint,
    };
}

/** Runs `verify/*.sql` where a deployment would: after all changesets. Nothing if they are not all applied. */
async function verifyAll(
    settings: Settings,
    directory: string,
    { whole, changesets }: Omit<Proven, "verification">,
    progress: CheckOptions["progress"],
): Promise<CheckOutcome[]> {
    const { checks } = readMigrations(directory, tool);
    const incomplete = [Verdicts.fails, Verdicts.notReached] as string[];
    if (
        checks.length === 0 ||
        whole.result === "Failed" ||
        changesets.some(({ verdict }) => incomplete.includes(verdict))
    ) {
        return [];
    }
    const engine = engineNamed(settings.engine);
    return progress.step(`Running the checks in verify/ (${checks.length})`, () =>
        verify({ settings, engine, tool }, checks),
    );
}

/**
 * What is known before anything runs: the statements of each rollback, and which changesets declare that they need
 * none.
 */
function plan(preview: ChangesetEvent[], { changesets }: Sources): PlannedChangeset[] {
    const reasons = new Map(changesets.map((changeset) => [keyOf(changeset), changeset.rollback.reason]));
    return preview.map(({ id, author, file, undo }) => ({
        id,
        author,
        file,
        undoSql: undo,
        irreversible: reasons.get(keyOf({ id, author, file })),
    }));
}

/** What the linter needs of an event. */
function linted({
    id,
    author,
    file,
    runInTransaction,
    sql = [],
    undo,
    undoError,
    ...event
}: ChangesetEvent): LintChangeset {
    const { preconditions, mayFail, contexts, labels, tag } = event;
    return { id, author, file, runInTransaction, sql, undo, undoError, preconditions, mayFail, contexts, labels, tag };
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
