import type { commandErrors } from "../../scripts/delivery/tools/command/errors";
import type { Messages } from "./row";

// The errors that only a project's own commands have.

export const commandMessages: Messages<typeof commandErrors> = {
    CommandsMissing: {
        code: "AP1040",
        facts: { file: "migrations/commands.yaml" },
        exit: 2,
        message:
            "AP1040: migrations/commands.yaml is missing. Create it with the commands of your tool: name, status, pending, deploy and rollback.",
    },
    CommandsRefused: {
        code: "AP1041",
        facts: { file: "migrations/commands.yaml", problems: ["deploy is missing"] },
        exit: 2,
        message: [
            "AP1041: migrations/commands.yaml cannot be used:",
            "  - deploy is missing",
            "Correct it: name, and the commands status, pending, deploy, rollback, sql and undoSql, each a text.",
        ].join("\n"),
    },
    EngineWithoutCommands: {
        code: "AP1042",
        facts: { engine: "Aurora MySQL" },
        exit: 2,
        message: "AP1042: Commands of a project are not supported on Aurora MySQL. Set aurora:tool to another tool.",
    },
    CommandFailed: {
        code: "AP1440",
        facts: {
            command: "status",
            tool: "Knex",
            how: "exit code 1",
            output: "    Cannot find module",
            file: "commands.yaml",
        },
        exit: "either",
        message: [
            "AP1440: The command status of Knex failed (exit code 1):",
            "    Cannot find module",
            "Correct the command in commands.yaml, or the cause that it names, and push.",
        ].join("\n"),
    },
    StatusUnclear: {
        code: "AP1441",
        facts: { tool: "Knex", reason: "status prints a.js twice" },
        exit: "either",
        message:
            "AP1441: The commands of Knex contradict each other: status prints a.js twice. status prints each migration that has run and pending each one that has not, one a line, in their order, under the same names.",
    },
};
