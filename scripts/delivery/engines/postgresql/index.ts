import { errors } from "./errors";
import type { Engine } from "../engine";
import { capabilities } from "./capabilities";
import { lookout } from "./connection/connection";
import { PostgresDatabase } from "./connection/database";
import { clientVariables } from "./connection/variables";
import { jdbcDialect } from "./connection/dialect";
import { jdbcConnection } from "./connection/jdbc";
import { openClone } from "./copies/cloneLogin";
import { DatabaseTemplate } from "./copies/databaseTemplate";
import { linter } from "./lint";
import { watchLocks } from "./locks/release";
import { postgresErrors } from "./ownErrors";
import { schemas } from "./connection/searchPath";
import { openSession } from "./recovery/session";
import { countStatements } from "./sql/read";
import { splitText } from "./sql/split";
import { openScripts } from "./scripts/session";
import { undoInspector } from "./undo/inspect";
import { users } from "./users";
import { versions } from "./versions";
import { prepareGrammar } from "./sql/grammar";

/** Aurora PostgreSQL, and any other PostgreSQL. */
export const postgresql: Engine = {
    ...versions,
    capabilities,
    errors,
    ownErrors: postgresErrors,
    schemas,
    sql: { count: countStatements, split: splitText, prepare: prepareGrammar },
    linter,
    undo: undoInspector,
    users,
    copies: { template: (settings) => new DatabaseTemplate(settings), openClone },
    withDatabase: (settings, tracking, work) => PostgresDatabase.with(settings, tracking, work),
    openSession,
    watchLocks,
    lookout,
    openScripts,
    clientVariables,
    jdbcConnection,
    jdbcDialect,
};
