import { codeVariable } from "../contract";
import { flag } from "../shared/shape";
import type { Rule } from "../shared/validation";

/** The part of a build's args that decides whether changelogs run code. */
interface CodeBuild {
    action: string;
    tool?: string;
    allowCode?: boolean;
}

export function codeRules(build: CodeBuild): Rule[] {
    return [
        flag("allowCode", build.allowCode),
        {
            arg: "allowCode",
            given: build.allowCode,
            valid: build.allowCode !== true || readsChangelogs(build),
            allowed: 'nothing but with action "Plan", "Rehearse", "Deploy" or "Rollback" and tool "Liquibase"',
            fix: "Leave it out: no other build reads a changelog.",
        },
    ];
}

/** The variable is the build's alone: it is in the project, which the repository cannot change. */
export function codeVariables(build: CodeBuild): [name: string, value: string][] {
    return build.allowCode === true && readsChangelogs(build) ? [[codeVariable, "true"]] : [];
}

function readsChangelogs({ action, tool }: CodeBuild): boolean {
    return ["Plan", "Rehearse", "Deploy", "Rollback"].includes(action) && tool !== "Custom";
}
