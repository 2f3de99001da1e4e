import { DeliveryTool } from "../../../components/contract";
import { InternalError } from "../errors";
import { command } from "./command";
import { flyway } from "./flyway";
import { liquibase } from "./liquibase";
import { sql } from "./sql";
import type { MigrationTool } from "./tool";

/** The supported migration tools, by their names in the contract. A new tool is a folder and a row here. */
const tools: Readonly<Record<DeliveryTool, MigrationTool>> = {
    Liquibase: liquibase,
    Flyway: flyway,
    Sql: sql,
    Command: command,
};

export const migrationTools = Object.values(tools);

/** The allowed values of the setting that selects the tool. */
export const toolNames: readonly string[] = Object.keys(tools);

/** The tool with that name, which was already validated in the settings. */
export function toolNamed(name: string): MigrationTool {
    const tool = Object.hasOwn(tools, name) ? tools[name as DeliveryTool] : undefined;
    if (tool === undefined) {
        throw new InternalError(`There is no migration tool ${name}`);
    }
    return tool;
}
