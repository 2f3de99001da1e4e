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
    CopyUnsupported: {
        code: "AP1605",
        what: "A {engine} database cannot be rehearsed on a copy of the kind {copy}.",
        fix: "Choose another kind of copy; allowed: {allowed}.",
        exit: "refused",
    },
});
