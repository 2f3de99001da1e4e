import { explainFailure } from "./explain";
import type { MigrationTool } from "../tool";
import { describeCode } from "./code/model";
import { readProject } from "./project";
import { tracking } from "./tracking";

export const liquibase: MigrationTool = {
    name: tracking.tool,
    source: "changelog",
    capabilities: { sqlPreview: true, undo: true, transactionPerChange: true },
    tracking,
    readProject,
    explainFailure,
    describeCode,
};
