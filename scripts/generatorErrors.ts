import { defineErrors } from "./local/errors";

/** What keeps a generated document or package from being written. */
export const generatorErrors = defineErrors({
    MarkersMissing: {
        code: "AP3701",
        what: "{file} lacks the lines {opening} and {closing}.",
        fix: "Put them back around the generated part.",
    },
    ReplacementUnknown: {
        code: "AP3702",
        what: "It is not recorded whether a change of {property} replaces a {type}.",
        fix: "Look it up in the provider's schema, and add it to scripts/changes/provider.ts.",
    },
    ComponentsNotCompiled: {
        code: "AP3703",
        what: "The components do not compile; the compiler's messages are above.",
        fix: "Correct them, and run the command again.",
    },
    CommandFailed: {
        code: "AP3704",
        what: "{command} ended with {exit}:\n{output}",
        fix: "Correct the cause, and run the command again.",
    },
    PageNotGiven: {
        code: "AP3705",
        what: "No plan page was given.",
        fix: "Pass the path of the plan.html: npm run picture -- .local/runs/…/artifacts/DeployPlan/plan.html",
    },
});
