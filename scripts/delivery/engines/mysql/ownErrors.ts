import { defineErrors } from "../../errors/define";

/** What only MySQL fails with: it commits each statement about an account by itself. */
export const mysqlErrors = defineErrors({
    UsersIncomplete: {
        code: "AP1226",
        what: "The database's users could not be completed; what was done before stays. {step}: {reason}.",
        fix: "Run the statement as a user who may, or grant the administrator the privilege that the server requires, and retry the stage Bootstrap.",
        exit: "failed",
    },
});
