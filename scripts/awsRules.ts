import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { mappings } from "../test/awsRules/calls";
import { proseRules } from "../test/awsRules/prose";
import type { Source } from "../test/awsRules/rule";
import { table } from "./markdownTable";

// `docs/aws-rules.md`: the rules of AWS that the stacks are held to, with their sources. `npm run rules` writes it
// from the tables of the tests; a test compares it.

export const awsRulesFile = path.join(__dirname, "..", "docs", "aws-rules.md");

const introduction = `# AWS's rules, as tests

*Which rules of AWS's APIs are checked before anything is deployed?*

<!-- Written by \`npm run rules\` from test/awsRules/. Change the tables there. -->

This project has not run in an AWS account. What AWS would refuse is known beforehand all the same: AWS
publishes models of its APIs, with the patterns, lengths, values and required members that each call checks.
\`test/integration/awsRules.test.ts\` evaluates both environments in all their variations, makes of each resource the API
calls that the provider would make, and holds them to the models of [botocore](https://pypi.org/project/botocore/). Rules
that only AWS's prose has are in the second table; where the prose is part of a model, a test also looks whether it still
says so. What stands on a page is in our own words, with the day it was noted; nothing compares it with the page.

A type of resource without a row in the first table fails the test.
`;

export function awsRulesDocument(): string {
    return [
        introduction,
        "## API calls",
        "",
        plainTable(
            ["Resource", "Calls", "Inputs that no call takes"],
            Object.entries(mappings).map(([type, { calls, notSent = {} }]) => [
                `\`${nameOf(type)}\``,
                calls.map(({ service, operation }) => `${service} \`${operation}\``).join(", ") || "–",
                Object.entries(notSent)
                    .map(([input, reason]) => `\`${input}\`: ${reason}`)
                    .join("; ") || "–",
            ]),
        ),
        "",
        "## Rules from the documentation",
        "",
        plainTable(
            ["Rule", "Resources", "What AWS says", "Where"],
            proseRules.map(({ id, types, source }) => [
                `\`${id}\``,
                types.map((type) => (type === "*" ? "all" : `\`${nameOf(type)}\``)).join(", "),
                source.says,
                whereOf(source),
            ]),
        ),
        "",
    ].join("\n");
}

/** What would be emphasis or a link is shown as it is. */
function plainTable(head: string[], rows: string[][]): string {
    const plain = (cell: string) => cell.replaceAll("*", "\\*").replaceAll("[]", "\\[]");
    return table(
        head,
        rows.map((cells) => cells.map(plain)),
    );
}

/** `aws:rds/cluster:Cluster` as the SDK names it: `aws.rds.Cluster`. */
function nameOf(type: string): string {
    const [provider = "", module = "", name = ""] = type.split(":");
    return `${provider}.${module.split("/")[0]}.${name}`;
}

function whereOf(source: Source): string {
    return "service" in source
        ? `botocore, ${source.service}, \`${source.shape}.${source.member}\``
        : `[${new URL(source.page).pathname.split("/").at(-1)}](${source.page}), noted ${source.noted}`;
}

if (require.main === module) {
    writeFileSync(awsRulesFile, awsRulesDocument());
    console.log(`Wrote ${path.relative(process.cwd(), awsRulesFile)}`);
}
