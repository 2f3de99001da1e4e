import * as path from "node:path";
import { BuildImage } from "../../../components";
import { kmsKey, tags, wholeNumber } from "../given";
import type { Trial } from "../support";

const context = path.join(__dirname, "../../../examples/awsx-vpc/image");

export const buildImageTrial: Trial = {
    component: BuildImage,
    good: () => ({ context }),
    table: [
        {
            arg: "context",
            allowed: "the path of a directory with a Dockerfile",
            fix: "Name the directory.",
            refused: [undefined, "", null, 5],
        },
        {
            arg: "context",
            allowed: "a directory that exists",
            fix: "Paths are relative to the program's working directory.",
            refused: ["missing", __filename],
        },
        {
            arg: "dockerfile",
            allowed: "the path of a file within the context",
            fix: 'Leave it out for "Dockerfile".',
            refused: ["missing", "../Dockerfile", ".", "", 5, null],
        },
        {
            arg: "buildArgs",
            allowed: "a map of texts, by the names of the Dockerfile's ARG instructions",
            fix: 'For example { TOOL_VERSION: "1.2.3" }.',
            refused: [{ "1x": "a" }, { A: 1 }, ["A=1"], "A=1", null],
        },
        {
            arg: "triggers",
            allowed: "a list of texts",
            fix: "Use a list, even for a single value.",
            refused: ["2026-11", {}, [1], null],
        },
        {
            arg: "repositoryName",
            allowed: "lower-case letters and digits, separated by single ., _, - or /, 2 to 256 characters",
            fix: "Set one if the component's name and the stack's do not form one.",
            refused: ["Build", "a", "a--b", "/a", "a/", "a b", "a".repeat(257), "", 5],
        },
        wholeNumber("keptImages", 2, 1000, "images", "Leave it out for 10."),
        kmsKey("kmsKeyArn"),
        {
            arg: "forceDelete",
            allowed: "true or false",
            fix: "Give a boolean, without quotes.",
            refused: ["true", 1, null],
        },
        tags,
    ],
};
