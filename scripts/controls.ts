import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { elsewhere } from "../policy/elsewhere";
import { type Violation, evaluatePolicies } from "../policy/evaluate";
import { type Environment, type Rule, environments } from "../policy/rule";
import { ruleGroups } from "../policy/rules";
import { waivers } from "../policy/waivers";
import { options, recordStack } from "../test/policy/stack";
import type { Recorded } from "../test/support/mocks";
import { table } from "./markdownTable";

// `docs/controls.md`: the controls that a stack must satisfy, and where it does. `npm run controls` writes it from the rules
// and from an evaluation of both stacks; a test compares it.

const root = path.join(__dirname, "..");
export const controlsFile = path.join(root, "docs", "controls.md");

interface Evaluated {
    resources: Recorded[];
    violations: Violation[];
}
type Stacks = Record<Environment, Evaluated>;

export async function controlsDocument(): Promise<string> {
    const stacks = { dev: await evaluate("dev"), prod: await evaluate("prod") };
    const lines = [
        introduction(),
        ...Object.entries(ruleGroups).flatMap(([title, rules]) => [`## ${title}`, "", ruleTable(rules, stacks), ""]),
        "## Open",
        "",
        openTable(stacks),
        "",
        "## Waived",
        "",
        waiverTable(),
        "",
        "## Controls that no rule can express",
        "",
        elsewhereTable(),
        "",
    ];
    return lines.join("\n");
}

function introduction(): string {
    const total = Object.values(ruleGroups).flat().length;
    return `# Controls

*Which security controls is a stack held to, and which rule checks each?*

<!-- Written by \`npm run controls\` from policy/ and an evaluation of both stacks. Change those. -->

${total} rules hold a stack to AWS Foundational Security Best Practices (\`RDS.7\`), checkov (\`CKV…\`) and cdk-nag (\`RDS10\`).
\`policy/\` is a CrossGuard policy pack of them:

\`\`\`sh needs-aws
pulumi preview --policy-pack policy
\`\`\`

The rules of \`dev\` and \`prod\` differ. The environment is the program's config key \`environment\`, else the stack's name;
a stack that neither places is held to \`prod\`. A policy's own configuration (\`--policy-pack-config\`) may set
\`environment\` over both. A value that a preview does not know yet is judged at \`pulumi up\`.

"–": nothing is asked for. "Where" is the component whose resources the rule judges in the sample stacks; prod's has a database proxy, too.
`;
}

function ruleTable(rules: Rule[], stacks: Stacks): string {
    return table(
        ["Control", "Rule", "What holds", "dev", "prod", "Where"],
        rules.map((rule) => [
            rule.controls.join(", "),
            `\`${rule.id}\``,
            rule.title,
            ...environments.map((environment) => levelOf(rule, environment, stacks)),
            whereOf(rule, stacks),
        ]),
    );
}

function levelOf(rule: Rule, environment: Environment, stacks: Stacks): string {
    const isOpen = stacks[environment].violations.some((violation) => violation.rule === rule.id);
    return `${rule.allowed[environment] ?? "–"}${isOpen ? " (**open**)" : ""}`;
}

/** The components that own what the rule judges; the rest belongs to the program itself. */
function whereOf(rule: Rule, stacks: Stacks): string {
    const owners = environments.flatMap((environment) => {
        const { resources } = stacks[environment];
        return resources
            .filter(({ type }) => rule.types.includes(type))
            .map((resource) => ownerOf(resource, resources));
    });
    return owners.length === 0 ? "nothing of the kind" : [...new Set(owners)].sort().join(", ");
}

function ownerOf(resource: Recorded, resources: Recorded[]): string {
    const [, component] = /^aurora-pipeline:index:(.*)$/.exec(resource.type) ?? [];
    const parent = resources.find(({ urn }) => urn === resource.parent);
    return component ?? (parent === undefined ? "stacks/" : ownerOf(parent, resources));
}

function openTable(stacks: Stacks): string {
    const rows = environments.flatMap((environment) =>
        stacks[environment].violations.map(({ rule, message }) => [environment, `\`${rule}\``, message]),
    );
    return rows.length === 0
        ? "Nothing: both stacks satisfy every rule."
        : `The pack refuses these until they are satisfied.\n\n${table(["Stack", "Rule", "What is missing"], rows)}`;
}

function waiverTable(): string {
    const rows = waivers.map(({ rule, resource, environments: where, reason }) => [
        `\`${rule}\``,
        `\`${resource.source}\``,
        (where ?? environments).join(", "),
        reason,
    ]);
    return rows.length === 0 ? "Nothing." : table(["Rule", "Resources", "Environments", "Reason"], rows);
}

function elsewhereTable(): string {
    return table(
        ["Control", "What", "Why it cannot be a rule", "Held by"],
        elsewhere.map(({ control, what, reason, heldBy }) => [control, what, reason, heldBy]),
    );
}

async function evaluate(environment: Environment): Promise<Evaluated> {
    const resources = await recordStack(environment, environment === "prod" ? options : {});
    return { resources, violations: evaluatePolicies(resources, { environment }) };
}

if (require.main === module) {
    void controlsDocument().then((text) => {
        writeFileSync(controlsFile, text);
        console.log(`Wrote ${path.relative(process.cwd(), controlsFile)}`);
    });
}
