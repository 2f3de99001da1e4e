import type { Case, Suite } from "../outputs";
import { xmlAttribute, xmlText } from "./text";

/** Where a log refers to it for what it does not show. */
export const junitReport = "the JUnit report";

export function junit(suites: Suite[]): string {
    return [
        '<?xml version="1.0" encoding="UTF-8"?>',
        `<testsuites${totals(suites.flatMap(({ cases }) => cases))}>`,
        ...suites.flatMap(({ name, cases, properties }) => [
            `  <testsuite name="${xmlAttribute(name)}"${totals(cases)}>`,
            ...(properties ? propertyElements(properties) : []),
            ...cases.map(element),
            "  </testsuite>",
        ]),
        "</testsuites>",
        "",
    ].join("\n");
}

function propertyElements(properties: Record<string, string>): string[] {
    return [
        "    <properties>",
        ...Object.entries(properties).map(
            ([name, value]) => `      <property name="${xmlAttribute(name)}" value="${xmlAttribute(value)}"/>`,
        ),
        "    </properties>",
    ];
}

function totals(cases: Case[]): string {
    const failures = cases.filter(({ failure }) => failure !== undefined).length;
    const skipped = cases.filter(({ skipped }) => skipped !== undefined).length;
    const seconds = cases.reduce((sum, current) => sum + current.seconds, 0);
    return ` tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}" time="${seconds.toFixed(3)}"`;
}

function element({ name, file, seconds, failure, skipped }: Case): string {
    const open = `    <testcase classname="${xmlAttribute(file)}" name="${xmlAttribute(name)}" time="${seconds.toFixed(3)}"`;
    if (failure !== undefined) {
        const [summary = ""] = failure.split("\n");
        return `${open}><failure message="${xmlAttribute(summary)}">${xmlText(failure)}</failure></testcase>`;
    }
    return skipped === undefined ? `${open}/>` : `${open}><skipped message="${xmlAttribute(skipped)}"/></testcase>`;
}
