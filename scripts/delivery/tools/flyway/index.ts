import type { MigrationTool } from "../tool";
import { flywayErrors } from "./errors";
import { explainFailure } from "./explain";
import { filesOf, readProject } from "./project";
import { rules } from "./rules";
import { terms } from "./terms";
import { tracking } from "./tracking";

export const flyway: MigrationTool = {
    name: tracking.tool,
    source: "folder of scripts",
    capabilities: { sqlPreview: true, undo: true, transactionPerChange: true },
    terms,
    rules,
    ownErrors: flywayErrors,
    tracking,
    directoryHas: "flyway.toml, flyway.conf or scripts such as V1__name.sql",
    filesOf,
    readProject,
    explainFailure,
    // Its source runs no code, and its scripts have no preconditions.
    describeCode: ({ name }) => name,
    describePrecondition: ({ name }) => name,
    mayPassOver: () => false,
};
