import { liquibaseErrors } from "./errors";
import { explainFailure } from "./explain";
import type { MigrationTool } from "../tool";
import { describeCode } from "./code/model";
import { describePrecondition, mayPassOver } from "./preconditions";
import { propertiesFile, readProject } from "./project";
import { rules } from "./rules";
import { terms } from "./terms";
import { tracking } from "./tracking";

export const liquibase: MigrationTool = {
    name: tracking.tool,
    source: "changelog",
    capabilities: { sqlPreview: true, undo: true, transactionPerChange: true },
    terms,
    rules,
    ownErrors: liquibaseErrors,
    tracking,
    directoryHas: propertiesFile,
    filesOf: (paths) => paths.filter((path) => path === propertiesFile),
    readProject,
    explainFailure,
    describeCode,
    describePrecondition,
    mayPassOver,
};
