import { defineErrors } from "../../errors/define";

/** What only a project's own commands fail with. */
export const commandErrors = defineErrors({
    CommandsMissing: {
        code: "AP1040",
        what: "{file} is missing.",
        fix: "Create it with the commands of your tool: name, status, pending, deploy and rollback.",
        exit: "refused",
    },
    CommandsRefused: {
        code: "AP1041",
        what: "{file} cannot be used:",
        list: "problems",
        fix: "Correct it: name, and the commands status, pending, deploy, rollback, sql and undoSql, each a text.",
        exit: "refused",
    },
    EngineWithoutCommands: {
        code: "AP1042",
        what: "Commands of a project are not supported on {engine}.",
        fix: "Set aurora:tool to another tool.",
        exit: "refused",
    },
    CommandFailed: {
        code: "AP1440",
        what: "The command {command} of {tool} failed ({how}):\n{output}",
        fix: "Correct the command in {file}, or the cause that it names, and push.",
        exit: "either",
    },
    StatusUnclear: {
        code: "AP1441",
        what: "The commands of {tool} contradict each other: {reason}.",
        fix: "status prints each migration that has run and pending each one that has not, one a line, in their order, under the same names.",
        exit: "either",
    },
});
