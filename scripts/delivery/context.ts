import { Liquibase } from "./liquibase";
import { Migrations } from "./migrations";
import { Outputs } from "./outputs";
import { Settings } from "./settings";

/** What every action works with. */
export interface Context {
    settings: Settings;
    migrations: Migrations;
    liquibase: Liquibase;
    outputs: Outputs;
    /** Writes a line to the build's log, without secrets. */
    log: (line: string) => void;
}
