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
        what: "The review was not posted: {host} answered {status} to {request}.",
        fix: "Check the token's permissions, and run the job again.",
    },
    ReviewVariablesMissing: {
        code: "AP3904",
        what: "The review was not posted: {host} needs {variables}, which are not set.",
        fix: "Run it in a pipeline of a pull request, with the token in its variable.",
    },
});
