import type { HistoryRow } from "../../delivery/history";
import type { DatabaseAccount } from "./provision";
import type { DatabaseUser } from "./users";
import type { Server } from "./server";

/** A changeset as the summary shows it. */
export interface ShownChangeset {
    id: string;
    author: string;
    filename: string;
    /** As `2026-01-31 12:00:00`, in UTC. */
    dateexecuted: string;
    tag: string | null;
}

/** What the local run does with a database server, for one engine. */
export interface LocalEngine {
    /** The server's name and version, for people. */
    readonly label: string;
    /** What its servers' names end in, so that no two engines share a directory. */
    readonly suffix: string;
    /** The repository's sample for it, where that is not the default migrations directory. */
    readonly sample?: string;
    /** The port of the server that runs in a data directory. */
    portOf(data: string): number | undefined;
    start(home: string, port: number, options: { iam: boolean; say: (line: string) => void }): Promise<Server>;
    /** Stops the server of a directory; false when none of this engine runs there. */
    stop(home: string): Promise<boolean>;
    /** Creates the database and its master user, with the privileges that RDS grants. */
    provision(server: Server, database: DatabaseAccount): Promise<void>;
    setMasterPassword(server: Server, user: string, password: string): Promise<void>;
    /** What the database has run, in order; a database without a history has run nothing. */
    history(server: Server, database: DatabaseAccount): Promise<HistoryRow[]>;
    /** The same for people, without the pipeline's own rows; undefined without a history. */
    changesets(server: Server, database: DatabaseAccount): Promise<ShownChangeset[] | undefined>;
    /** The command that connects as the master user. Passwords are in files of `directory`: no command carries one. */
    connectCommand(
        server: Server,
        database: DatabaseAccount,
        directory: string,
        users: readonly DatabaseUser[],
    ): string;
}
