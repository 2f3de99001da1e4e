import { liquibase } from "./liquibase";
import type { MigrationTool } from "./tool";

/** The supported migration tools. A new tool is a folder and an entry here. */
export const migrationTools: readonly MigrationTool[] = [liquibase];

/** The tool of every build: there is no other yet, so no setting selects it. */
export const migrationTool: MigrationTool = liquibase;
