import { defineErrors } from "../local/errors";

/** What keeps a review from being written. */
export const reviewErrors = defineErrors({
    ReviewInputUnreadable: {
        code: "AP3901",
        what: "{file} cannot be read as {form} ({reason}).",
        fix: "Make it again with that command, or leave the option out.",
    },
    PreviewUnnamed: {
        code: "AP3902",
        what: "--preview {given} does not name its environment.",
        fix: "Write --preview <environment>=<file>, for example --preview prod=prod.json.",
    },
    ReviewNotPosted: {
        code: "AP3903",
        what: "The review was not posted: GitHub answered {status} to {request}.",
        fix: "Check the token's permissions, and run the job again.",
    },
});
