import type { AlterTableCmd, ViewStmt } from "@pgsql/types";

/** The name of a relation or another object, as the statement has it. */
export interface Name {
    schema?: string;
    name: string;
    /** A function's argument types, if given: overloads are different functions. */
    args?: string;
}

/** One of the comma-separated actions of an ALTER TABLE. */
export interface Action {
    command: AlterTableCmd;
    /** Offset in the statement, including the comma before it. */
    start: number;
    end: number;
}

export type DataVerb = "insert" | "update" | "delete" | "merge" | "copy";

/** What a statement does, as far as the rules need it. */
export type Effect =
    /** `untilCommit`: it is dropped at the end of the transaction. */
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
          /** Of a column or a constraint. */
          renamed?: { from: string; to: string };
      }
    | { kind: "createIndex"; index?: Name; table: Name; concurrently: boolean; ifNotExists?: boolean }
    | { kind: "createTrigger"; table: Name }
    /**
     * `mayExist`: IF NOT EXISTS or OR REPLACE, which may apply to an existing object that is in use. `view`: its query and
     * the names of its columns.
     */
    | { kind: "create"; object: string; name: Name; mayExist: boolean; view?: Pick<ViewStmt, "query" | "aliases"> }
    | { kind: "drop"; object: string; names: Name[]; concurrently: boolean; cascade: boolean }
    /** `toSchema`: it is moved to that schema. `part`: a column or a value is renamed, not the object. */
    | { kind: "rename"; object: string; name: Name; to?: Name; toSchema?: string; part?: boolean }
    /**
     * `bulk`: it may write any number of rows. `all`: it deletes every row. `every`: it updates every row.
     * `overwrites`: columns set to one value in every row. `fromClient`: the client sends the rows.
     */
    | {
          kind: "data";
          verb: DataVerb;
          table: Name;
          bulk: boolean;
          all: boolean;
          every?: boolean;
          overwrites?: string[];
          fromClient?: boolean;
      }
    | { kind: "truncate"; tables: Name[]; cascade: boolean }
    | { kind: "exclusive"; what: string; tables: Name[] }
    | Setting
    | { kind: "transaction"; what: string }
    | { kind: "rule"; table: Name }
    /**
     * An updatable view: changing its rows changes the table:
     * https://www.postgresql.org/docs/17/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS
     */
    | { kind: "window"; view: Name; table: Name }
    /** A SECURITY DEFINER function that uses its caller's search path. */
    | { kind: "definer"; name: Name }
    /** What only an administrator may do. */
    | { kind: "administration"; what: string }
    /** It makes an object part of an extension. */
    | { kind: "extensionMember"; extension: string }
    /** SQL that is built at run time, or code in another language. */
    | { kind: "dynamic"; what: string }
    /** `position`: the offset in the statement, if the statement itself is unreadable. */
    | { kind: "unreadable"; reason: string; position?: number }
    /** `touched`: objects that it changes otherwise (GRANT, CREATE POLICY, …). */
    | { kind: "other"; touched: Name[]; cascades?: boolean };

/** A setting of the session, or one that outlasts it. */
export interface Setting {
    kind: "setting";
    /** In lower case; `all` for every setting, absent if it is only known at run time. */
    name?: string;
    /** In lower case; absent if the setting is reset, or unknown. */
    value?: string;
    /** What changes it, in SQL. */
    by: string;
    /** `lasting`: for all later sessions. `function`: while a function runs. */
    extent: "session" | "lasting" | "function";
}

/** What a statement does indirectly: in a CTE, or in the body of a block or a function. */
export interface Inner {
    effect: Effect;
    /** `a DO block`, `the function f`; absent in a part of the statement itself. */
    inside?: string;
    /** It happens when the statement runs; false for a function's body, which runs when the function is called. */
    runs: boolean;
    /** For a statement in a body: its source text. */
    text?: string;
}

/** One statement of a text, without its semicolon. */
export interface Statement {
    text: string;
    /** Its offset in the text, after white space and comments. */
    start: number;
    end: number;
    effect: Effect;
    inner: Inner[];
    /** What PostgreSQL refuses in a transaction block, as a person would call it. */
    refusedInTransaction?: string;
    /** The offset in `text` of a parameter (`$1`) for which the statement has no value. */
    parameter?: number;
}
