import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "pg";
import { engineName, openChangelog, settingsFor, type ThrowawayOptions } from "../check/changelog";
import { CheckDatabase } from "../check/database";
import { startThrowawayServer, type ThrowawayServer } from "../check/throwaway";
import { type Baseline, baselineFile } from "../delivery/baseline";
import { count, nameOf } from "../delivery/changesets";
import {
    catalogIn,
    type Fingerprint,
    fingerprintOf,
    MalformedRecord,
    renderDifferences,
} from "../delivery/engines/fingerprint";
import { readFingerprint } from "../delivery/engines/postgresql/catalog/read";
import { engineNamed } from "../delivery/engines/registry";
import { messageOf } from "../delivery/errors";
import { readBaseline } from "../delivery/input/baseline";
import { baselineDifferences, ofEnvironment } from "../delivery/plan/baseline";
import type { ChangesetEvent } from "../delivery/tools/events";
import { liquibase as tool } from "../delivery/tools/liquibase";
import { Liquibase } from "../delivery/tools/liquibase/liquibase";
import { uncountedTables } from "../delivery/tracking";
import { ensureToolchain } from "../toolchain/ensure";
import { javaProgram } from "../toolchain/java";
import { keptToolchain } from "../toolchain/kept";
import { baselineErrors } from "./errors";
import { objectOf } from "./entries";
import { statementsOf } from "./generate";
import { runInOrder } from "./order";
import { baselineText, generatedFile, writeGenerated } from "./write";

export interface BaselineOptions extends ThrowawayOptions {
    /** The last changeset of the baseline sets this tag. Default: all changesets. */
    toTag?: string;
    /** A catalog.json of the database, to compare with. */
    catalog?: string;
    /** Whether to write the first changelog from that catalog. */
    generate?: boolean;
    /** Objects, as `kind name`, that may differ. */
    accept?: string[];
}

/**
 * Writes `baseline.json`: what the changesets make on an empty server. Returns whether the given catalog is the same, as
 * far as it is compared.
 */
export async function baseline(options: BaselineOptions): Promise<boolean> {
    const { progress, migrations: directory, signal } = options;
    const catalog = options.catalog === undefined ? undefined : readCatalog(options.catalog);
    if (options.generate === true && catalog === undefined) {
        throw new baselineErrors.CatalogNotGiven({});
    }
    const toolchain = await progress.step("Toolchain", (log) => Promise.resolve(ensureToolchain({ log })));
    const server = await progress.step("Throwaway PostgreSQL", () => startThrowawayServer());
    try {
        const database = await CheckDatabase.create(server, false);
        try {
            if (options.generate === true && catalog !== undefined) {
                await generate(options, catalog, server, database);
            }
            signal.throwIfAborted();
            const made = await apply(options, toolchain, server, database);
            const accepted = [...new Set([...acceptedBefore(directory), ...(options.accept ?? [])])].sort();
            const written = { ...made, accepted };
            const file = join(directory, baselineFile);
            writeFileSync(file, baselineText(written));
            progress.say(
                `Wrote ${file}: ${count(made.changesets.length, "changeset")}, ${count(made.catalog.entries.length, "catalog entry").replace(/entrys$/, "entries")}.`,
            );
            return catalog === undefined || report(written, catalog, progress);
        } finally {
            await database.close();
        }
    } finally {
        await server.dispose();
    }
}

function readCatalog(file: string): Fingerprint {
    try {
        return catalogIn(JSON.parse(readFileSync(file, "utf8")), (why) => new MalformedRecord(`it ${why}`));
    } catch (error) {
        throw new baselineErrors.CatalogUnreadable({ file, reason: messageOf(error) });
    }
}

/** Differences that somebody accepted before stay accepted. */
function acceptedBefore(directory: string): string[] {
    return existsSync(join(directory, baselineFile)) ? (readBaseline(directory)?.accepted ?? []) : [];
}

/** Writes the first changelog; the server says in which order its statements work. */
async function generate(
    { migrations, progress }: BaselineOptions,
    catalog: Fingerprint,
    server: ThrowawayServer,
    database: CheckDatabase,
): Promise<void> {
    const { statements, unknown } = statementsOf(catalog);
    const { name, user, password } = database.account;
    const client = await server.connect(name, user, password);
    const { ordered, failed } = await progress
        .step(`Trying ${count(statements.length, "statement")}`, () => runInOrder(client, statements))
        .finally(() => client.end());
    await database.recreate();
    progress.say(`Wrote ${writeGenerated(migrations, ordered)}: ${count(ordered.length, "statement")}.`);
    const missing = [
        ...unknown.map((entry) => `${objectOf(entry)}: write it by hand`),
        ...failed.map(({ object, reason }) => `${object}: ${reason}`),
    ];
    if (missing.length > 0) {
        progress.say(`Not generated (${missing.length}):`);
        missing.forEach((line) => progress.say(`  ${line}`));
    }
    const extensions = catalog.entries
        .filter(({ kind }) => kind === "extension")
        .map(({ name: extension }) => extension);
    const own = extensions.filter((extension) => extension !== "plpgsql");
    if (own.length > 0) {
        progress.say(`Extensions belong into the stack's config, not into changesets: extensions: [${own.join(", ")}]`);
    }
}

type Made = Omit<Baseline, "accepted">;

/** Applies the changesets to the empty database, and reads what they made. */
async function apply(
    options: BaselineOptions,
    toolchain: string,
    server: ThrowawayServer,
    database: CheckDatabase,
): Promise<Made> {
    const { progress, toTag } = options;
    const changelog = await openChangelog(options, toolchain);
    const scratch = mkdtempSync(join(tmpdir(), "aurora-pipeline-baseline-"));
    const settings = settingsFor(options, server, database, changelog, keptToolchain(toolchain, javaProgram()));
    const liquibase = new Liquibase(settings, changelog, scratch, engineNamed(engineName));
    const abort = () => void liquibase.close();
    options.signal.addEventListener("abort", abort);
    try {
        const { events } = await liquibase.previewUpdate();
        const pending = upTo(
            toTag,
            events.filter(({ event }) => event === "ran"),
        );
        if (options.generate === true && !pending.some(({ file }) => file.endsWith(generatedFile))) {
            throw new baselineErrors.GeneratedNotIncluded({ file: generatedFile });
        }
        const before = await read(server, database);
        await progress.step(`Applying ${count(pending.length, "changeset")}`, async () => {
            const result = await (toTag === undefined
                ? liquibase.update(() => undefined)
                : liquibase.updateTo(toTag, () => undefined));
            if (result.exitCode !== 0) {
                const { message } = tool.explainFailure("The update failed", result);
                throw new baselineErrors.ChangelogFails({ reason: message });
            }
        });
        const after = await read(server, database);
        const changesets = pending.map(({ checksum = "", ...event }) => ({ ...nameOf(event), checksum }));
        return { changesets, rows: after.rows, catalog: without(after.catalog, before.catalog) };
    } finally {
        options.signal.removeEventListener("abort", abort);
        await liquibase.close();
        rmSync(scratch, { recursive: true, force: true });
    }
}

function upTo(tag: string | undefined, pending: ChangesetEvent[]): ChangesetEvent[] {
    if (tag === undefined) {
        return pending;
    }
    const last = pending.findIndex((event) => event.tag === tag);
    if (last === -1) {
        const known = pending.flatMap((event) => event.tag ?? []);
        throw new baselineErrors.TagNotInChangelog({ tag, known: known.join(", ") || "none" });
    }
    return pending.slice(0, last + 1);
}

/** The catalog, and the tables that have rows. */
async function read(
    server: ThrowawayServer,
    database: CheckDatabase,
): Promise<{ catalog: Fingerprint; rows: string[] }> {
    const client = await server.administrate(database.account.name);
    try {
        const catalog = await readFingerprint(client, { trackingTables: uncountedTables(tool.tracking) });
        return { catalog, rows: await withRows(client, catalog) };
    } finally {
        await client.end();
    }
}

/** A catalog without the users and the privileges that an empty database has already. */
function without({ entries, server }: Fingerprint, { entries: before }: Fingerprint): Fingerprint {
    const known = new Set(before.filter(({ kind }) => ofEnvironment.has(kind)).map((entry) => JSON.stringify(entry)));
    return fingerprintOf(
        entries.filter((entry) => !known.has(JSON.stringify(entry))),
        server,
    );
}

async function withRows(client: Client, { entries }: Fingerprint): Promise<string[]> {
    const filled: string[] = [];
    for (const { name } of entries.filter(({ kind }) => kind === "table")) {
        const { rows } = await client.query<{ filled: boolean }>(`SELECT EXISTS (SELECT FROM ${name}) AS filled`);
        if (rows[0]?.filled === true) filled.push(name);
    }
    return filled;
}

function report(made: Baseline, catalog: Fingerprint, progress: BaselineOptions["progress"]): boolean {
    const found = baselineDifferences(made, catalog);
    if (found.length === 0) {
        progress.say(
            "The database has exactly what these changesets make. Not compared: owners, privileges, settings, extensions and rows.",
        );
        return true;
    }
    progress.say("The database differs (+ is only there, - is missing there, ~ is different):");
    renderDifferences(found).forEach((line) => progress.say(`  ${line}`));
    progress.say(
        'Correct the changesets and run this again, or accept a difference: npm run baseline -- --accept "table public.audit"',
    );
    return false;
}
