import { defineErrors } from "../../errors/define";

/** What only MySQL fails with: it commits each statement about an account by itself. */
export const mysqlErrors = defineErrors({
    UsersIncomplete: {
        code: "AP1226",
        what: "The database's users could not be completed; what was done before stays. {step}: {reason}.",
        fix: "Run the statement as a user who may, or grant the administrator the privilege that the server requires, and retry the stage Bootstrap.",
        exit: "failed",
    },
    ChangesetHalfDone: {
        code: "AP1227",
        what: "{changeset} was interrupted in {release}, and the catalog shows that only a part of it was done:",
        list: "done",
        fix: "As the migrator, take back what these statements did, or make the database as it was before them in another way, and retry. If you complete the changeset instead, guard it with a precondition that marks it as run ({markUnmet}).",
        exit: "refused",
    },
});
