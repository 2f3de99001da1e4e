import { Migrations } from "./input/migrations";
import { Settings } from "./input/settings";
import { Liquibase } from "./liquibase/liquibase";
import type { MetricLine } from "./report/metrics";
import { Outputs } from "./report/outputs";

/** What every action works with. */
export interface Context {
    settings: Settings;
    migrations: Migrations;
    liquibase: Liquibase;
    outputs: Outputs;
    /** Writes one harmless line to the build's log, without secrets. */
    log: (line: string | MetricLine) => void;
    /** Aborted when the build is stopped. */
    signal: AbortSignal;
}
