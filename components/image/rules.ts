import * as fs from "node:fs";
import * as path from "node:path";
import type { BuildImageArgs } from "./args";
import { flag, isGroup, listOfTexts, requiredText, tagsRule } from "../shared/shape";
import { formOf, kmsKey, matching, type Rule, wholeNumber } from "../shared/validation";

/** Type checks of the args; the rules below rely on them. */
export function buildImageShape(args: BuildImageArgs): Rule[] {
    return [
        requiredText("context", args.context, "the path of a directory with a Dockerfile", "Name the directory."),
        listOfTexts("triggers", args.triggers),
        buildArgsRule(args.buildArgs),
        flag("forceDelete", args.forceDelete),
        tagsRule(args.tags),
    ];
}

export function buildImageRules(args: BuildImageArgs, repositoryName: string, dockerfile: string): Rule[] {
    return [
        {
            arg: "context",
            kind: formOf(args.context),
            given: args.context,
            valid: isDirectory(args.context),
            allowed: "a directory that exists",
            fix: "Paths are relative to the program's working directory.",
        },
        dockerfileRule(args.context, dockerfile),
        matching(
            "repositoryName",
            repositoryName,
            /^(?=.{2,256}$)[a-z0-9]+(?:[._-][a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-][a-z0-9]+)*)*$/,
            "lower-case letters and digits, separated by single ., _, - or /, 2 to 256 characters",
            "Set one if the component's name and the stack's do not form one.",
        ),
        wholeNumber("keptImages", args.keptImages, { min: 2, max: 1000, unit: "images" }, "Leave it out for 10."),
        kmsKey("kmsKeyArn", args.kmsKeyArn),
    ];
}

function buildArgsRule(buildArgs: unknown): Rule {
    const isArg = ([key, value]: [string, unknown]) => /^[A-Za-z_]\w*$/.test(key) && typeof value === "string";
    return {
        arg: "buildArgs",
        kind: isGroup(buildArgs) ? "Malformed" : "WrongType",
        given: buildArgs,
        valid: buildArgs === undefined || (isGroup(buildArgs) && Object.entries(buildArgs).every(isArg)),
        allowed: "a map of texts, by the names of the Dockerfile's ARG instructions",
        fix: 'For example { TOOL_VERSION: "1.2.3" }.',
    };
}

/** Outside the context, a change of it would build an image that has the tag of the former one. */
function dockerfileRule(context: string, dockerfile: string): Rule {
    const isText = typeof dockerfile === "string" && dockerfile !== "";
    const within = isText && !path.relative(context, path.resolve(context, dockerfile)).startsWith("..");
    return {
        arg: "dockerfile",
        kind: formOf(dockerfile),
        given: dockerfile,
        // A missing context is one failure, not two.
        valid: within && (!isDirectory(context) || isFile(path.resolve(context, dockerfile))),
        allowed: "the path of a file within the context",
        fix: 'Leave it out for "Dockerfile".',
    };
}

function isDirectory(file: string): boolean {
    return fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isFile(file: string): boolean {
    return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
