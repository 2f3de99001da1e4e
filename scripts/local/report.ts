import { renameSync, writeFileSync } from "node:fs";
import { Artifacts, Outputs } from "../../components/contract";
import { jsonText, visible } from "../delivery/report/text";
import { localEngineOf } from "./database/localEngines";
import type { DatabaseAccount } from "./database/provision";
import type { Server } from "./database/server";
import type { ArtifactStore } from "./pipeline/artifacts";
import type { ExecutionRecord } from "./pipeline/model";

/** The contents of `.local/last-run.json`, which has no secrets. */
export interface LastRun extends ExecutionRecord {
    environment: string;
    executionId?: string;
    pipeline?: string;
    revision?: string;
    startedAt: string;
    seconds: number;
    /** The changesets that this run applied. */
    changesets: AppliedChangeset[];
    /** The changesets that it undid: in a rollback, or in a failed deployment. */
    undone: ChangesetName[];
    /** The changesets of this run that have no rollback. */
    irreversible?: ChangesetName[];
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

/** The relevant part of a deployment's or rollback's record; `scripts/delivery/` writes it. */
interface Deployment {
    releaseId: string;
    changesets: (AppliedChangeset & { status: string })[];
    undone: ChangesetName[];
    irreversible?: ChangesetName[];
}

/** What this run applied and left in the database, and what it undid. */
export function outcomeOf(
    artifacts: ArtifactStore,
): Pick<LastRun, "releaseId" | "changesets" | "undone" | "irreversible"> {
    const deployment = read(artifacts, Artifacts.deployment) ?? read(artifacts, Artifacts.unattended);
    const rollback = read(artifacts, Artifacts.rollback);
    const applied = (deployment?.changesets ?? []).filter(
        (changeset) =>
            ["Applied", "AppliedAgain"].includes(changeset.status) &&
            !deployment!.undone.some((undone) => isSame(undone, changeset)),
    );
    return {
        ...(deployment && { releaseId: deployment.releaseId }),
        changesets: applied.map(({ id, author, file, seconds }) => ({ id, author, file, seconds })),
        ...(deployment?.irreversible && { irreversible: deployment.irreversible }),
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

/** The number of rows that are shown: the last ones. */
const shownRows = 20;

/** The changesets that the database has run, as lines of a table; one line if there are none. */
export async function changesetTable(server: Server, database: DatabaseAccount): Promise<string[]> {
    const none = `No changeset is in the database ${database.name}.`;
    const rows = (await localEngineOf(database).changesets(server, database)) ?? [];
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
}

/** Columns are as wide as their contents. */
export function formatTable(head: string[], given: string[][]): string[] {
    const rows = given.map((row) => row.map(visible));
    const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
    const line = (cells: string[]) =>
        `  ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join("  ")}`.trimEnd();
    return [line(head), line(widths.map((width) => "─".repeat(width))), ...rows.map(line)];
}
