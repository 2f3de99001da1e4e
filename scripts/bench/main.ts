import { deployment, smallPlan } from "./deployment";
import { evaluation } from "./evaluation";
import { large, rows, statements } from "./large";
import { plan } from "./plan";
import { median, Pairs, ratio } from "./statistics";

// `npm run bench`: what this project adds, as ratios to the bare tools measured in turn in the same run.
// `npm run bench -- deploy` measures only what has that word in its title. Exit status 1: a limit is exceeded.

interface Benchmark {
    title: string;
    /** What the ratio must not exceed. */
    limit: number;
    /** What the median of the measured command must not exceed, where a person waits for exactly that. */
    mostSeconds?: number;
    measure: (rounds: number) => Promise<Pairs>;
}

const benchmarks: Benchmark[] = [
    { title: "evaluate the prod program / require its SDKs", limit: 1.8, measure: evaluation },
    { title: "plan one changeset after 10,000 / bare liquibase update-sql", limit: 1, measure: plan },
    { title: "deploy one changeset / bare liquibase update", limit: 1.2, measure: deployment("postgres") },
    { title: "deploy one changeset to MySQL / bare liquibase update", limit: 2, measure: deployment("mysql") },
    { title: "plan changesets for MySQL / bare liquibase update-sql", limit: 1.3, measure: smallPlan("mysql") },
    { title: "plan one INSERT of 10 MB / of 1 MB", limit: 10, mostSeconds: 10, measure: large(rows) },
    { title: "plan 100,000 statements of 10 MB / 10,000 of 1 MB", limit: 10, measure: large(statements) },
    { title: "deploy one INSERT of 10 MB / of 1 MB", limit: 10, measure: large(rows, "deploy") },
    { title: "deploy 100,000 statements of 10 MB / 10,000 of 1 MB", limit: 10, measure: large(statements, "deploy") },
];
const rounds = 5;

async function main(): Promise<void> {
    console.log(`Medians of ${rounds} rounds, both in turn.`);
    const asked = benchmarks.filter(({ title }) => title.includes(process.argv[2] ?? ""));
    for (const { title, limit, mostSeconds, measure } of asked) {
        const pairs = await measure(rounds);
        const times = `${seconds(pairs.measured)} / ${seconds(pairs.baseline)}`;
        const most = mostSeconds === undefined ? "" : `, and ${mostSeconds} s`;
        const exceeds = ratio(pairs) > limit || median(pairs.measured) / 1000 > (mostSeconds ?? Infinity);
        console.log(
            `${title}: ${times} = ${ratio(pairs).toFixed(2)} (at most ${limit}${most})${exceeds ? ": EXCEEDED" : ""}`,
        );
        if (exceeds) process.exitCode = 1;
    }
}

function seconds(values: number[]): string {
    return `${(median(values) / 1000).toFixed(2)} s`;
}

void main();
