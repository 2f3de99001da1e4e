import type { Baseline } from "./baseline";
import type { Engine } from "./engines/engine";
import type { ActionOutputs, MetricLine } from "./outputs";
import type { Settings, VerificationCheck } from "./settings";
import type { MigrationSession, MigrationTool, Project } from "./tools/tool";

/** What every action works with. */
export interface Context {
    settings: Settings;
    migrations: Migrations;
    engine: Engine;
    tool: MigrationTool;
    /** The tool's session on the configured database. */
    session: MigrationSession;
    outputs: ActionOutputs;
    /** Writes one sanitized line to the build's log, with secrets redacted. */
    log: (line: string | MetricLine) => void;
    /** Aborted when the build is stopped. */
    signal: AbortSignal;
}

/** The contents of a migrations directory. */
export interface Migrations {
    directory: string;
    /** The part of it that belongs to the migration tool. */
    project: Project;
    /** `verify/*.sql`: what must hold after a deployment. */
    checks: VerificationCheck[];
    /** `baseline.json`: what a database that existed before the pipeline already has. */
    baseline?: Baseline;
}
