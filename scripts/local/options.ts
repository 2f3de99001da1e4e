import type { LocalDirectory } from "./directories";
import type { Progress } from "./progress/progress";

/** The options of a local run. */
export interface RunOptions {
    environment: string;
    /** The engine to run as; by default the environment's own. */
    engine?: string;
    /** A changelog of someone else. */
    migrations?: string;
    /** The migration tool to run; by default that of `migrations`, else the environment's own. */
    tool?: string;
    /** The files as they lie there, committed or not. */
    worktree?: boolean;
    /** Manual approvals are given. */
    approve?: boolean;
    rollbackTo?: string;
    /** Names of the alarms that go off while the pipeline watches them. */
    alarm?: string[];
    /** Lists the releases in the database and delivers nothing. */
    releases?: boolean;
    /** Leaves the server running. */
    keep?: boolean;
    /** Stays, and delivers the work tree again whenever a migration is saved. */
    watch?: boolean;
    /** Configuration that overrides the environment's file. */
    config?: Record<string, unknown>;
    /** The repository that is the pipeline's source; by default the one around the program. */
    repository?: string;
    local: LocalDirectory;
    progress: Progress;
    signal: AbortSignal;
}
