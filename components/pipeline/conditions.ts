import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { rollbackVariable, splicedForms } from "../contract";
import type { CronWindow } from "../cronWindow";
import { revisionVariable, type SourceArgs } from "./source";

// Conditions of stages. CodePipeline allows one condition per stage, with several rules; it is met if all of them pass:
// https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_BeforeEntryConditions.html

export type Stage = aws.types.input.codepipeline.PipelineStage;
export type Rule = aws.types.input.codepipeline.PipelineStageBeforeEntryConditionRule;

/**
 * Prevents builds from starting unless the variables that are inserted into their environment have the required form:
 * CodePipeline substitutes them as text into JSON, so a quote in one of them would end its value. The first stage after
 * the sources fails; if that stage has an entry condition of its own, every stage with such a condition checks the form
 * too, and is skipped.
 */
export function checkVariables(stages: Stage[], provider: SourceArgs["provider"]): Stage[] {
    const rules = formRules(provider);
    const [source, first, ...later] = stages;
    if (source === undefined || first === undefined) {
        return stages;
    }
    return conditionOf(first) === undefined
        ? [source, { ...first, beforeEntry: { condition: { result: "FAIL", rules } } }, ...later]
        : [source, ...[first, ...later].map((stage) => withRules(stage, rules))];
}

/** A CodePipeline rule that compares a variable with a text or, with `MATCHES`, a regular expression. */
export function variableCheck(name: string, variable: string, operator: "EQ" | "NE" | "MATCHES", value: string): Rule {
    return {
        name,
        // https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html
        ruleTypeId: { category: "Rule", owner: "AWS", provider: "VariableCheck", version: "1" },
        configuration: { Variable: variable, Operator: operator, Value: value },
    };
}

/**
 * A rule that waits until the current minute is in the window. It cannot be in a condition that skips its stage
 * (https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html).
 */
export function openWindow({ cron, timeZone }: CronWindow): Rule {
    return {
        name: "WindowIsOpen",
        // https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-DeploymentWindow.html
        ruleTypeId: { category: "Rule", owner: "AWS", provider: "DeploymentWindow", version: "1" },
        configuration: { Cron: cron, TimeZone: timeZone },
        timeoutInMinutes: longestWaitMinutes,
    };
}

/** The longest timeout of a rule: 60 days, so that a monthly window opens in time. */
const longestWaitMinutes = 86_400;

/** A condition takes at most five rules: https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_Condition.html */
export const mostRules = 5;

/** A rule that fails as soon as an alarm goes off, and passes if it does not within this many minutes. */
export function quietAlarm(index: number, alarmName: pulumi.Input<string>, minutes: number): Rule {
    return {
        name: `AlarmIsQuiet${index + 1}`,
        // https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-CloudWatchAlarm.html
        ruleTypeId: { category: "Rule", owner: "AWS", provider: "CloudWatchAlarm", version: "1" },
        configuration: { AlarmName: alarmName, AlarmStates: "ALARM", WaitTime: String(minutes) },
        // The default would end a long wait.
        timeoutInMinutes: minutes + 60,
    };
}

/** What must hold when all actions of a stage have succeeded; otherwise the execution fails. */
export function failUnless(rules: Rule[]): Stage["onSuccess"] {
    return { condition: { result: "FAIL", rules } };
}

function formRules(provider: SourceArgs["provider"]): Rule[] {
    return [
        variableCheck("RollbackToIsATag", `#{variables.${rollbackVariable}}`, "MATCHES", splicedForms.rollbackTo),
        variableCheck("RevisionIsOne", revisionVariable(provider), "MATCHES", splicedForms.sourceRevision),
    ];
}

function conditionOf({ beforeEntry }: Stage): { result: string; rules: Rule[] } | undefined {
    // The stages are built here from plain values; only the values that they carry may be outputs.
    return (beforeEntry as { condition: { result: string; rules: Rule[] } } | undefined)?.condition;
}

function withRules(stage: Stage, rules: Rule[]): Stage {
    const condition = conditionOf(stage);
    return condition === undefined
        ? stage
        : { ...stage, beforeEntry: { condition: { ...condition, rules: [...condition.rules, ...rules] } } };
}
