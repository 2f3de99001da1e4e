import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { classOf } from "../policy/evaluate";
import { environments } from "../policy/rule";
import type { Recorded } from "../test/support/mocks";
import type { Changes } from "./changes/compare";
import { Stacks } from "./changes/evaluate";
import { type Variation, variations } from "./changes/variations";
import { table } from "./markdownTable";

// `docs/changes.md`: what a change of each config key does to a live stack, and what it replaces. `npm run changes`
// writes it from evaluations of both sample stacks; a test compares it.

const root = path.join(__dirname, "..");
export const changesFile = path.join(root, "docs", "changes.md");

export async function changesDocument(stacks = new Stacks()): Promise<string> {
    const tables: string[] = [];
    for (const environment of environments) {
        const rows: string[][] = [];
        for (const variation of variations(environment)) {
            rows.push(row(variation, await stacks.change(environment, variation)));
        }
        tables.push(`## ${environment}`, "", table(["Key", "Change", "In place", "New", "Replaced", "Gone"], rows), "");
    }
    return [introduction, ...tables, protection].join("\n");
}

const introduction = `# What a change does to a live stack

*What does each config key change in a running environment, and what does it replace?*

<!-- Written by \`npm run changes\` from evaluations of both sample stacks. Change the code, not this. -->

The same config again changes nothing. What a change of one key does is below: the resources whose inputs change in
place, and those that are new, replaced (created again, the old one deleted) or gone. What is **bold** holds data or a secret,
or is what holds such things: cluster, secret, key, VPC and subnets. \`pulumi preview\` says the same of your stack.

- A cluster that is replaced starts empty, or with \`restoreFrom\`. With \`finalSnapshot\` (prod) a snapshot of the old one is
  left. The new one has the first password of the stack, and each secret gets a version (SecretVersion) with its own first
  password; the secret itself stays. [Restoring](operations.md#restoring-a-snapshot) has the steps.
- What has a fixed name (cluster, rotation function, connection), or can exist only once (the lock of a vault), is deleted
  before its replacement is created. A replaced connection needs its handshake again. While the rotation function is
  replaced, no secret is rotated. AWS refuses to delete a vault lock that is final.
- Each cluster's final snapshot has a name of its own. Stacks whose state is older than this rule get a new suffix once
  (RandomId): it changes nothing in AWS but the name of the next final snapshot.
- *Refused*: protected in the state. \`pulumi up\` stops before it does anything.
- Another VPC means another cluster: RDS moves none. Another subnet or another zone of the same VPC does not.
- More zones add subnets and renumber none: each has its addresses from the beginning.
- A change in place reaches the cluster by \`applyChanges\`: at once, or in the maintenance window.
  [Changes of a live cluster](operations.md#changes-of-a-live-cluster) says what waits, and how a major upgrade goes.

How it is known: the program is evaluated before and after under Pulumi's mock runtime, and the recorded inputs are
compared; what the provider replaces is read off its schema (\`scripts/changes/provider.ts\`, with sources) and the SDK's
docstrings. What depends on a replaced resource counts as changed, as in a preview.
`;

const protection = `## Taking protection away

In prod, \`deletionProtection\` makes RDS refuse to delete the cluster, and Pulumi to delete or replace the cluster and the
key (\`protect\`). It takes two deliberate steps to get rid of either:

1. \`pulumi config set deletionProtection false\` and \`pulumi up\`: changes the cluster in place, and nothing else.
2. Only now \`pulumi destroy\`, or a change that replaces the cluster. It leaves a final snapshot all the same, and the key
   can be restored for 30 days.

Both in one \`pulumi up\` is refused: what counts is the protection that the state holds.
`;

function row(variation: Variation, changes: Changes): string[] {
    const { key, from, to, with: others = {} } = variation;
    const set = Object.keys(others).filter((other) => others[other as keyof typeof others] !== "");
    const along = set.length === 0 ? "" : ` with ${set.map((other) => `\`${other}\``).join(", ")}`;
    return [
        `\`${key}\``,
        `${code(from)} → ${code(to)}${along}`,
        summary(changes.updated.map(({ resource }) => resource)),
        summary(changes.added),
        summary(
            changes.replaced.map(({ resource }) => resource),
            changes.refused,
        ),
        summary(changes.removed, changes.refused),
    ];
}

function code(value: string | undefined): string {
    return value === undefined ? "not set" : `\`${value}\``;
}

/** Classes of what holds data, a secret, or such things. */
export const precious = ["Cluster", "Key", "Secret", "Subnet", "Vpc"];

/** The classes, with how many there are; long lists are only counted. */
function summary(resources: Recorded[], refused: Recorded[] = []): string {
    const classes = [...new Set(resources.map(({ type }) => classOf(type)))].sort();
    if (classes.length > 12 && !classes.some((name) => refused.some(({ type }) => classOf(type) === name))) {
        const held = classes.filter((name) => precious.includes(name)).map((name) => `**${name}**`);
        return `${resources.length} resources${held.length === 0 ? "" : `, among them ${held.join(", ")}`}`;
    }
    const shown = classes.map((name) => {
        const count = resources.filter(({ type }) => classOf(type) === name).length;
        const isRefused = refused.some(({ type }) => classOf(type) === name);
        const text = precious.includes(name) ? `**${name}**` : name;
        return `${text}${count > 1 ? ` ×${count}` : ""}${isRefused ? " (*refused*)" : ""}`;
    });
    return shown.length === 0 ? "–" : shown.join(", ");
}

if (require.main === module) {
    void changesDocument().then((text) => {
        writeFileSync(changesFile, text);
        console.log(`Wrote ${path.relative(process.cwd(), changesFile)}`);
    });
}
