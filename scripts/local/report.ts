import { renameSync, writeFileSync } from "node:fs";
import { Artifacts, Outputs } from "../../components/contract";
import { jsonText, visible } from "../delivery/report/text";
import { connect, type DatabaseAccount } from "./database/provision";
import type { Server } from "./database/server";
import type { ArtifactStore } from "./pipeline/artifacts";
import type { ExecutionRecord } from "./pipeline/model";

/** What `.local/last-run.json` holds. No secret. */
export interface LastRun extends ExecutionRecord {
    environment: string;
    executionId?: string;
    pipeline?: string;
    revision?: string;
    startedAt: string;
    seconds: number;
    /** The changesets that this run applied. */
    changesets: AppliedChangeset[];
    /** The changesets that it undid: of a rollback, or of a deployment that failed. */
    undone: ChangesetName[];
    /** Tag that undoes this release and everything after it. */
    releaseId?: string;
    database?: { host: string; port: number; name: string; user: string };
    /** Why nothing ran. */
    message?: string;
}

export interface AppliedChangeset extends ChangesetName {
    seconds: number;
}

export interface ChangesetName {
    id: string;
    author: string;
    file: string;
}

/** The part of a deployment's or a rollback's record that counts here; `scripts/delivery/` writes it. */
interface Deployment {
    releaseId: string;
    changesets: (AppliedChangeset & { status: string })[];
    undone: ChangesetName[];
}

/** What this run applied and left in the database, and what it undid. */
export function outcomeOf(artifacts: ArtifactStore): Pick<LastRun, "releaseId" | "changesets" | "undone"> {
    const deployment = read(artifacts, Artifacts.deployment);
    const rollback = read(artifacts, Artifacts.rollback);
    const applied = (deployment?.changesets ?? []).filter(
        (changeset) =>
            ["Applied", "AppliedAgain"].includes(changeset.status) &&
            !deployment!.undone.some((undone) => isSame(undone, changeset)),
    );
    return {
        ...(deployment && { releaseId: deployment.releaseId }),
        changesets: applied.map(({ id, author, file, seconds }) => ({ id, author, file, seconds })),
        undone: [
            ...(deployment?.undone ?? []),
            ...(rollback?.changesets ?? []).filter(({ status }) => status === "Undone"),
        ].map(({ id, author, file }) => ({ id, author, file })),
    };
}

function read(artifacts: ArtifactStore, artifact: string): Deployment | undefined {
    const text = artifacts.read(artifact, Outputs.deploymentJson);
    return text === undefined ? undefined : (JSON.parse(text) as Deployment);
}

function isSame(one: ChangesetName, other: ChangesetName): boolean {
    return one.id === other.id && one.author === other.author && one.file === other.file;
}

export function writeLastRun(path: string, run: LastRun): void {
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, jsonText(run), { mode: 0o600 });
    renameSync(temporary, path);
}

/** A row of Liquibase's own table. */
interface Row {
    id: string;
    author: string;
    filename: string;
    dateexecuted: string;
    tag: string | null;
}

/** How many rows of the table are shown: the last ones. */
const shownRows = 20;

/** The changesets that the database has run, as lines of a table; a database without any has a line that says so. */
export async function changesetTable(server: Server, database: DatabaseAccount): Promise<string[]> {
    const none = `No changeset is in the database ${database.name}.`;
    const client = await connect(server, database);
    try {
        const table = await client.query("SELECT to_regclass('databasechangelog') IS NOT NULL AS present");
        if (!(table.rows[0] as { present: boolean }).present) return [none];
        const { rows } = await client.query<Row>(
            "SELECT id, author, filename, to_char(dateexecuted, 'YYYY-MM-DD HH24:MI:SS') AS dateexecuted, tag " +
                // A tag on an empty database is a row of its own, not a changeset.
                "FROM databasechangelog WHERE filename <> 'liquibase-internal' ORDER BY orderexecuted, dateexecuted",
        );
        if (rows.length === 0) return [none];
        const shown = rows.slice(-shownRows);
        return [
            `${rows.length} changeset(s) in the database ${database.name}` +
                (shown.length < rows.length ? `, the last ${shown.length}:` : ":"),
            ...formatTable(
                ["changeset", "author", "file", "ran at (UTC)", "tag"],
                shown.map((row) => [row.id, row.author, row.filename, row.dateexecuted, row.tag ?? ""]),
            ),
        ];
    } finally {
        await client.end();
    }
}

/** Columns as wide as what they show. */
export function formatTable(head: string[], given: string[][]): string[] {
    const rows = given.map((row) => row.map(visible));
    const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
    const line = (cells: string[]) =>
        `  ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join("  ")}`.trimEnd();
    return [line(head), line(widths.map((width) => "─".repeat(width))), ...rows.map(line)];
}
