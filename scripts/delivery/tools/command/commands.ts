import type { CodeUse, HashedFile } from "../code";
import { parse } from "yaml";
import { messageOf } from "../../errors";

/** A project as its session needs it. */
export interface CommandSource {
    readonly directory: string;
    readonly commands: Commands;
    /** Every file that may decide what a command does, as it was before the first one ran. */
    files(): HashedFile[];
}

export const commandsFile = "commands.yaml";

/** The commands, and every file that may decide what they do: part of what is approved. */
export function codeOf(project: Pick<CommandSource, "commands" | "files">): CodeUse[] {
    return Object.entries(project.commands)
        .filter(([step]) => step !== "name")
        .map(([step, command], index) => ({
            ...{ kind: "command", name: step, arguments: [command as string], file: commandsFile },
            ...(index === 0 && { files: project.files() }),
        }));
}

/** A project's own commands. They get the migration in `MIGRATION`, and the one before it in `PREVIOUS`. */
export interface Commands {
    /** The name of the tool, for people. */
    name: string;
    /** Prints what has run, one name a line, in order. Writes nothing. */
    status: string;
    /** Prints what has not run, likewise. Writes nothing. */
    pending: string;
    /** Runs the migration. */
    deploy: string;
    /** Undoes it. */
    rollback?: string;
    /** Prints its SQL. Writes nothing. */
    sql?: string;
    /** Prints the SQL that undoes it. Writes nothing. */
    undoSql?: string;
}

const required = ["name", "status", "pending", "deploy"] as const;
const optional = ["rollback", "sql", "undoSql"] as const;

/** Reads `commands.yaml`. */
export function readCommands(text: string): { commands?: Commands; problems: string[] } {
    let found: unknown;
    try {
        found = parse(text);
    } catch (error) {
        return { problems: [`it is not YAML: ${messageOf(error)}`] };
    }
    if (typeof found !== "object" || found === null || Array.isArray(found)) {
        return { problems: ["it is not a map of commands"] };
    }
    const entries = new Map(Object.entries(found));
    const known: readonly string[] = [...required, ...optional];
    const problems = [
        ...required.filter((key) => !entries.has(key)).map((key) => `${key} is missing`),
        ...[...entries.keys()].filter((key) => !known.includes(key)).map((key) => `there is no command ${key}`),
        ...[...entries]
            .filter(([key, value]) => known.includes(key) && (typeof value !== "string" || value.trim() === ""))
            .map(([key]) => `${key} is not a text`),
    ];
    return problems.length > 0
        ? { problems }
        : { commands: Object.fromEntries(entries) as unknown as Commands, problems };
}
