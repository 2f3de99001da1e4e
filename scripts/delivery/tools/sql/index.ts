import type { MigrationTool } from "../tool";
import { serverFailure } from "../serverFailure";
import { sqlErrors } from "./errors";
import { layouts } from "./layouts";
import { filesOf, readProject } from "./project";
import { rules } from "./rules";
import { terms } from "./terms";
import { tracking } from "./tracking";

/** Folders of SQL that another tool's history belongs to. */
export const sql: MigrationTool = {
    name: tracking.tool,
    source: "folder",
    capabilities: { sqlPreview: true, undo: true, transactionPerChange: true },
    terms,
    rules,
    ownErrors: sqlErrors,
    tracking,
    directoryHas: layouts.map(({ has }) => has).join(", "),
    filesOf,
    readProject,
    explainFailure: (step, { messages, serverError }, details) =>
        serverFailure(step, messages.join("\n"), serverError, details),
    describeCode: ({ name }) => name,
    describePrecondition: ({ name }) => name,
    mayPassOver: () => false,
};
