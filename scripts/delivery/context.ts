import type { Engine } from "./engines/engine";
import { Migrations } from "./input/migrations";
import type { Settings } from "./settings";
import type { MigrationSession, MigrationTool } from "./tools/tool";
import type { MetricLine } from "./report/metrics";
import { Outputs } from "./report/outputs";

/** What every action works with. */
export interface Context {
    settings: Settings;
    migrations: Migrations;
    engine: Engine;
    tool: MigrationTool;
    /** The tool's session on the configured database. */
    session: MigrationSession;
    outputs: Outputs;
    /** Writes one sanitized line to the build's log, with secrets redacted. */
    log: (line: string | MetricLine) => void;
    /** Aborted when the build is stopped. */
    signal: AbortSignal;
}
