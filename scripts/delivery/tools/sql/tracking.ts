import { pipelineTracking } from "../../tracking";
import { layouts } from "./layouts";
import { terms } from "./terms";

export const tracking = pipelineTracking({
    tool: "Sql",
    markUnmet: terms.markUnmet,
    kept: layouts
        .map(({ kept }) => kept)
        .filter(({ name }, index, all) => all.findIndex((one) => one.name === name) === index),
});
