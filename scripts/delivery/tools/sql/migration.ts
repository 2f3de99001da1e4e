import type { KeptTable, RowChange } from "../../engines/scripts";
import type { KeptName } from "../../tracking";

/** One migration of a folder. */
export interface SqlMigration {
    /** As the history of the folder's own tool calls it. */
    id: string;
    up: SqlPart;
    /** What undoes it; absent if the folder has nothing for that. */
    down?: SqlPart;
    /** SHA-256 of its text, as the folder's own tool computes it, or of `up`. */
    checksum: string;
    /** What else the folder's own tool records of it. */
    when?: number;
}

/** A direction of a migration. */
export interface SqlPart {
    /** Path in the migrations directory. */
    file: string;
    /** The line on which the text starts. */
    line: number;
    text: string;
    /** Its author wants no transaction around it. */
    noTransaction?: true;
    /** Where the author has cut it into statements; by default they are found in the text. */
    cuts?: readonly string[];
}

/** What is in a folder. */
export interface SqlFolder {
    /** In the order in which a new database would run them. */
    migrations: SqlMigration[];
    /** What the folder's own tool would refuse, one sentence each. */
    problems: string[];
}

/** Files of a migrations directory. */
export interface FolderFiles {
    /** Of all files, relative to the folder, in the order of their names. */
    paths: readonly string[];
    /** The folder in the migrations directory: empty, or with a slash at its end. */
    base: string;
    /** The text of a file. */
    read: (path: string) => string;
}

/** A row of a table, with all values as text. */
export type TextRow = Record<string, string | null>;

/** What the history of the folder's own tool says. */
export interface History {
    /** What has run: ids, of which some may not be in the folder. */
    applied: string[];
    /** A migration that the tool began and did not end. */
    dirty?: Dirty;
    /** Migrations that have not run and that the tool will not run any more, with the reason. */
    passedOver?: { id: string; reason: string }[];
    /** Applied migrations whose checksum the tool itself has noted. */
    checksums?: Record<string, string>;
}

export interface Dirty {
    id: string;
    /** What the tool noted of the failure. */
    logs?: string;
    /** The tool noted that the server refused it: if it is one transaction, nothing of it is left. */
    refused: boolean;
}

/** What to record, in the form of the folder's own tool. */
export interface Records {
    /** A migration has run; `before`: the one that ran before it. */
    applied(migration: SqlMigration): RowChange[];
    /** It is undone; `before`: the id of the one that is now the newest, if there is one. */
    undone(migration: SqlMigration, before: string | undefined): RowChange[];
    /** Clears the note of a failure; `before` as above. */
    healed(
        dirty: Dirty,
        outcome: "applied" | "undone",
        before: string | undefined,
        migration?: SqlMigration,
    ): RowChange[];
}

/** How one tool keeps its migrations in a folder and its history in the database. */
export interface Layout extends Records {
    /** The name of the tool. */
    name: string;
    /** How a person recognizes it. */
    has: string;
    /** Where something undoes a migration. */
    undoes: string;
    /** The file that says so, for each folder that it may be, by that folder. */
    recognize(paths: readonly string[]): Map<string, string[]>;
    read(files: FolderFiles): SqlFolder;
    /** Its history. */
    table: KeptTable;
    kept: KeptName;
    /** How to tell it which of two states a failed migration is in, for people who use the tool itself. */
    resolves: string;
    history(rows: TextRow[], migrations: readonly SqlMigration[]): History;
}
