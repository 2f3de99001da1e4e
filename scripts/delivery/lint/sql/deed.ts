import type { AlterTableCmd } from "@pgsql/types";

/** A relation or another object, as the statement names it. */
export interface Name {
    schema?: string;
    name: string;
    /** Types of a function's arguments, where they are given: it is another one with others. */
    args?: string;
}

/** One of the comma-separated actions of an ALTER TABLE. */
export interface Action {
    command: AlterTableCmd;
    /** Characters of the statement, with the comma in front of it. */
    start: number;
    end: number;
}

export type DataVerb = "insert" | "update" | "delete" | "merge" | "copy";

/** What a statement does, as far as the rules ask. */
export type Deed =
    /** `untilCommit`: it goes with the transaction. */
    | {
          kind: "createTable";
          table: Name;
          ifNotExists: boolean;
          filled: boolean;
          partOf: Name[];
          untilCommit?: boolean;
      }
    | {
          kind: "alterTable";
          table: Name;
          actions: Action[];
          movedTo?: Name;
          renames?: "table" | "column" | "constraint";
      }
    | { kind: "createIndex"; index?: Name; table: Name; concurrently: boolean }
    | { kind: "createTrigger"; table: Name }
    /** `mayExist`: IF NOT EXISTS or OR REPLACE, which may find one that is in use. */
    | { kind: "create"; object: string; name: Name; mayExist: boolean }
    | { kind: "drop"; object: string; names: Name[]; concurrently: boolean; cascade: boolean }
    /** `toSchema`: it is moved there. `part`: a column or a value has a new name, not the object. */
    | { kind: "rename"; object: string; name: Name; to?: Name; toSchema?: string; part?: boolean }
    /** `bulk`: it may write any number of rows. `all`: it deletes every row. `overwrites`: columns that get one value in every row. */
    | { kind: "data"; verb: DataVerb; table: Name; bulk: boolean; all: boolean; overwrites?: string[] }
    | { kind: "truncate"; tables: Name[]; cascade: boolean }
    | { kind: "exclusive"; what: string; tables: Name[] }
    | Setting
    | { kind: "transaction"; what: string }
    | { kind: "rule"; table: Name }
    /** A view so plain that who changes it changes the table: https://www.postgresql.org/docs/17/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS */
    | { kind: "window"; view: Name; table: Name }
    /** A function that runs with its owner's rights, and with its caller's search path. */
    | { kind: "definer"; name: Name }
    /** SQL that is made when it runs, or code in another language. */
    | { kind: "dynamic"; what: string }
    /** `position`: where in the statement, for one that is itself unreadable. */
    | { kind: "unreadable"; reason: string; position?: number }
    /** `touched`: what it changes without being one of the above (GRANT, CREATE POLICY, …). */
    | { kind: "other"; touched: Name[]; cascades?: boolean };

/** Of the session, or what lasts longer than it. */
export interface Setting {
    kind: "setting";
    /** In lower case; `all` for every one, absent where it is not known before it runs. */
    name?: string;
    /** In lower case; absent where it goes back to what it was, or is not known. */
    value?: string;
    /** What changes it, in SQL's words. */
    by: string;
    /** It stays for every session to come, or holds while a function runs. */
    extent: "session" | "lasting" | "function";
}

/** Something that a statement does beside what it is: in a CTE, in the body of a block or a function. */
export interface Inner {
    deed: Deed;
    /** `a DO block`, `the function f`; absent in a part of the statement itself. */
    inside?: string;
    /** It happens when the statement runs; what a function does happens when somebody calls it. */
    runs: boolean;
    /** Of a statement in a body: what is written there. */
    text?: string;
}

/** One statement of a text, without its semicolon. */
export interface Statement {
    text: string;
    /** Where it begins in the text, after white space and comments. */
    start: number;
    end: number;
    deed: Deed;
    inner: Inner[];
    /** Why PostgreSQL refuses it in a transaction block, as a person would call it. */
    refusedInTransaction?: string;
}
