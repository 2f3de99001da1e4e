import { InternalError } from "../../errors";
import type { Engine } from "../engine";
import { capabilities } from "./capabilities";
import { lookout } from "./connection/connection";
import { MysqlDatabase } from "./connection/database";
import { jdbcDialect, jdbcConnection } from "./connection/jdbc";
import { errors } from "./errors";
import { linter } from "./lint";
import { mysqlErrors } from "./ownErrors";
import { openSession } from "./recovery/session";
import { sql } from "./sql/statements";
import { undo } from "./undo";
import { users } from "./users";
import { versions } from "./versions";

/** What the capabilities exclude, which every caller asks first. */
const notPromised = (): never => {
    throw new InternalError("This engine does not promise that");
};

/** Aurora MySQL, and any other MySQL 8. */
export const mysql: Engine = {
    ...versions,
    capabilities,
    errors,
    ownErrors: mysqlErrors,
    schemas: {
        unqualified: "the database of the stack's config (databaseName)",
        choose: "set databaseName",
        move: (name) => `RENAME TABLE <database>.<table> TO <databaseName>.${name}`,
    },
    sql,
    linter,
    undo,
    users,
    copies: { template: notPromised, openClone: notPromised },
    withDatabase: (settings, tracking, work) => MysqlDatabase.with(settings, tracking, work),
    openSession,
    watchLocks: notPromised,
    lookout,
    openScripts: notPromised,
    clientVariables: notPromised,
    jdbcConnection,
    jdbcDialect,
};
