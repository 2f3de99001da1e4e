import { defineErrors } from "../../errors/define";

/** What only PostgreSQL fails with: its linter, its roles, its copies of a database. */
export const postgresErrors = defineErrors({
    SquawkMissing: {
        code: "AP1014",
        what: "The SQL linter squawk is missing or cannot be executed: {file} ({reason}).",
        fix: "It is part of the toolchain: rebuild that with npm run toolchain",
        exit: "refused",
    },
    SquawkFailed: {
        code: "AP1015",
        what: "The SQL linter squawk failed on {changeset} ({how}): {output}.",
        fix: "Start the build again; if it fails again, build the toolchain again: npm run toolchain",
        exit: "failed",
    },
    BootstrapRoleTaken: {
        code: "AP1219",
        what: "The role {role} is not the pipeline's: it lacks the comment that the pipeline writes.",
        fix: "Rename it: ALTER ROLE {role} RENAME TO …",
        exit: "refused",
    },
    DatabaseNotCopied: {
        code: "AP1603",
        what: "{database} cannot be copied ({reason}).",
        fix: "The user needs CREATEDB and ownership of the database, which a migrator does not have, and no other session may be connected to the database. A clone of the cluster needs none of this: rehearsalCopy AuroraClone.",
        exit: "refused",
    },
    CloneLoginFailed: {
        code: "AP1604",
        what: "The password of the user {user} cannot be set on the clone ({reason}).",
        fix: "The cluster's master user, {master}, must have created it, as the stage Bootstrap does.",
        exit: "refused",
    },
});
