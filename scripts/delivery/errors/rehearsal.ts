import { defineErrors } from "./define";

/** Rehearsals on a copy of the database. */
export const rehearsalErrors = defineErrors({
    RehearsalFailed: {
        code: "AP1601",
        what: "The rehearsal failed; the database itself was not changed:\n{problems}",
        fix: "Correct the changesets, and push again.",
        exit: "failed",
    },
    RehearsalPlanMissing: {
        code: "AP1602",
        what: "A rehearsal on a clone needs the plan that waits for approval: the artifact Plan is not an input of this build.",
        fix: "Give the action Rehearse the artifact of its stage's action Plan as an input.",
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
    CopyUnsupported: {
        code: "AP1605",
        what: "A {engine} database cannot be rehearsed on a copy of the kind {copy}.",
        fix: "Choose another kind of copy; allowed: {allowed}.",
        exit: "refused",
    },
});
