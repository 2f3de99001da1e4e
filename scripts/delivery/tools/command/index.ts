import { serverFailure } from "../serverFailure";
import type { MigrationTool } from "../tool";
import { commandsFile } from "./commands";
import { commandErrors } from "./errors";
import { readProject } from "./project";
import { rules } from "./rules";
import { terms } from "./terms";
import { tracking } from "./tracking";

/** Any other tool, by the project's own commands. */
export const command: MigrationTool = {
    name: tracking.tool,
    source: "project",
    // What a command prints may be its SQL; nobody can promise that it is all that it does.
    capabilities: { sqlPreview: false, undo: false, transactionPerChange: false },
    terms,
    rules,
    ownErrors: commandErrors,
    tracking,
    directoryHas: commandsFile,
    filesOf: (paths) => paths.filter((path) => path === commandsFile),
    readProject,
    explainFailure: (step, { messages, serverError }, details) =>
        serverFailure(step, messages.join("\n"), serverError, details),
    describeCode: ({ name, arguments: [text = ""] = [] }) => `the command ${name} runs ${JSON.stringify(text)}`,
    describePrecondition: ({ name }) => name,
    mayPassOver: () => false,
};
