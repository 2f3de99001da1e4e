import { migrationErrors } from "../../../../scripts/delivery/errors";
import type { ChangesetEvent } from "../../../../scripts/delivery/tools/events";
import type { MigrationSession, MigrationTool } from "../../../../scripts/delivery/tools/tool";

/** A directory of scripts that are run in the order of their names, by a tool that knows no undo and no history of its own. */
export const numbered: MigrationTool = {
    name: "Numbered",
    source: "directory",
    capabilities: { sqlPreview: true, undo: false, transactionPerChange: false },
    terms: {
        stopOnFailure: "stop",
        markUnmet: "skip: true",
        noRollback: "no undo: <reason>",
        nameInHistory: "name",
        unsplit: "Write one statement in each script.",
        namedConstraint: "in a script",
    },
    rules: {},
    ownErrors: {},
    tracking: {
        tool: "Numbered",
        markUnmet: "skip: true",
        history: {
            name: "scripts_run",
            columns: [
                { name: "script", type: { text: 100 }, notNull: true },
                { name: "who", type: { text: 100 }, notNull: true },
                { name: "ran_at", type: "timestamp", notNull: true },
                { name: "place", type: "integer", notNull: true },
                { name: "result", type: { text: 10 }, notNull: true },
                { name: "hash", type: { text: 64 } },
                { name: "release", type: { text: 100 } },
                { name: "note", type: { text: 100 } },
            ],
            holds: {
                id: "script",
                author: "who",
                file: "script",
                ranAt: "ran_at",
                order: "place",
                outcome: "result",
                checksum: "hash",
                tag: "release",
                note: "note",
            },
            identifying: ["script"],
            telling: ["script", "who", "ran_at", "place"],
            markFile: "release-mark",
            outcomes: { known: ["done"], otherwise: "done" },
            checksums: "^[0-9a-f]{64}$",
        },
        lock: {
            name: "scripts_lock",
            columns: [
                { name: "one", type: "integer", notNull: true },
                { name: "taken", type: "boolean", notNull: true },
                { name: "since", type: "timestamp" },
                { name: "holder", type: { text: 200 } },
            ],
            holds: { id: "one", locked: "taken", grantedAt: "since", owner: "holder" },
        },
        others: [],
    },
    directoryHas: "numbered files",
    filesOf: (paths) => paths.filter((path) => /^\d+\.sql$/.test(path)),
    readProject: () => ({
        refuseEndless: () => undefined,
        sources: () => ({ changesets: [], unread: [], refused: [] }),
        open: () => {
            throw new Error("It works on no database.");
        },
    }),
    explainFailure: (step, { messages }, details) =>
        new migrationErrors.MigrationFailed({ step, cause: messages.join("\n") }, details),
    mayPassOver: () => false,
    describePrecondition: ({ name }) => name,
    describeCode: ({ name }) => `the script ${name} starts a program`,
};

/** What a session of it would say. */
export function pending(...scripts: string[]): Pick<MigrationSession, "previewUpdate" | "previewRollback"> {
    const events = scripts.flatMap((file): ChangesetEvent[] => {
        const common = { id: file, author: "", file, runInTransaction: false };
        return [
            { ...common, event: "willRun", again: false },
            { ...common, event: "ran", outcome: "Applied", sql: [`SELECT '${file}';`] },
        ];
    });
    return {
        previewUpdate: () =>
            Promise.resolve({ events, code: [{ kind: "program", name: scripts[0] ?? "", file: scripts[0] ?? "" }] }),
        previewRollback: () => Promise.resolve({ events: [], code: [] }),
    };
}
