// Which folder may import which: `test/dependencies.test.ts` enforces it.
// Data goes one way: config → stack → components → recorded resources → pipeline → delivery → database.

/** A folder of one engine; next to it are the types that all engines report in the same form. */
const anEngine = "(?!fingerprint/|locks/)[^/]+/";

/** A folder, or a file, of the delivery program. */
const delivery = (path) => `^scripts/delivery/${path}`;

/**
 * The delivery program's rooms, the uppermost first: each may import those below it, none one above it. What is
 * named after them (errors, names, settings, and the interfaces of the two seams) is the ground: all may import it.
 */
const rooms = [
    ["main", "main\\.ts$"],
    ["actions", "actions/"],
    ["input", "input/"],
    ["engines", `engines/${anEngine}`],
    ["tools", "tools/[^/]+/"],
    ["plan, lint and report", "(plan|lint|report)/"],
    ["safety", "safety/"],
    ["aws", "aws/"],
    ["the ground", "([^/]+\\.ts$|errors/|engines/[^/]+\\.ts$|engines/(fingerprint|locks)/|tools/[^/]+\\.ts$)"],
];

/** The program itself, on top of all rooms. */
const program = delivery("main\\.ts$");

/** The places that choose an engine and a tool. */
const choice = delivery("(engines|tools)/registry\\.ts$");

const downwards = rooms.slice(1).map(([name, path], index) => ({
    name: `${name.replaceAll(/[ ,]+/g, "-")}-imports-down`,
    comment: `${name} may import the rooms below it, not: ${rooms
        .slice(0, index + 1)
        .map(([above]) => above)
        .join(", ")}.`,
    severity: "error",
    from: { path: delivery(path), ...(name === "the ground" && { pathNot: [choice, program] }) },
    to: {
        path: rooms.slice(0, index + 1).map(([, above]) => delivery(above)),
    },
}));

export default {
    forbidden: [
        {
            name: "no-circle",
            comment: "Files that import each other cannot be understood, tested or moved one by one.",
            severity: "error",
            from: { pathNot: "node_modules" },
            to: { circular: true },
        },
        {
            name: "components-stand-alone",
            comment: "components/ is a package of its own: people import it without the rest.",
            severity: "error",
            from: { path: "^components/" },
            to: { path: "^(index\\.ts|stacks|scripts|policy|test|migrations|examples)" },
        },
        {
            name: "stacks-use-components",
            comment: "stacks/ composes components; what people run depends on it.",
            severity: "error",
            from: { path: "^stacks/" },
            to: { path: "^(index\\.ts|scripts|policy|test)" },
        },
        {
            name: "program-uses-stacks",
            comment: "index.ts reads config, picks the environment's stack and exports its outputs.",
            severity: "error",
            from: { path: "^index\\.ts$" },
            to: { path: "^(components|scripts|policy|test)" },
        },
        {
            name: "delivery-knows-the-contract",
            comment: "Builds share names with the infrastructure, and no Pulumi.",
            severity: "error",
            from: { path: delivery("") },
            to: { path: "^(components|stacks|policy|test|index|scripts/(?!delivery/))", pathNot: contract() },
        },
        {
            name: "contract-needs-nothing",
            comment: "Builds read these files: they import each other and nothing else.",
            severity: "error",
            from: { path: contract() },
            to: { pathNot: contract() },
        },
        {
            name: "program-without-tests",
            comment: "What people run does not need the tests; the generators of documents share their scenes.",
            severity: "error",
            from: { pathNot: "^(test/|scripts/(controls|awsRules|changes))" },
            to: { path: "^test/" },
        },
        ...downwards,
        {
            name: "engines-apart-from-tools",
            comment: "Engines and tools vary independently: what one needs of the other is an argument, as data.",
            severity: "error",
            from: { path: delivery("engines/") },
            to: { path: delivery("tools/[^/]+/") },
        },
        {
            name: "one-engine-apart-from-another",
            severity: "error",
            from: { path: delivery("engines/([^/]+)/") },
            to: { path: delivery(`engines/${anEngine}`), pathNot: delivery("engines/$1/") },
        },
        {
            name: "one-tool-apart-from-another",
            severity: "error",
            from: { path: delivery("tools/([^/]+)/") },
            to: { path: delivery("tools/[^/]+/"), pathNot: [delivery("tools/$1/"), delivery("tools/java/")] },
        },
        {
            name: "postgresql-behind-its-seam",
            comment: "The client, the grammar and their types belong to engines/postgresql/.",
            severity: "error",
            from: { path: delivery(""), pathNot: delivery("engines/postgresql/") },
            to: { path: "node_modules/(pg|libpg-query|@pgsql/types|@types/pg)/" },
        },
        {
            name: "mysql-behind-its-seam",
            comment: "The client belongs to engines/mysql/.",
            severity: "error",
            from: { path: delivery(""), pathNot: delivery("engines/mysql/") },
            to: { path: "node_modules/mysql2/" },
        },
        {
            name: "aws-behind-its-room",
            comment: "Every call of AWS is in aws/.",
            severity: "error",
            from: { path: delivery(""), pathNot: delivery("aws/") },
            to: { path: "node_modules/@aws-sdk/" },
        },
        {
            name: "seams-chosen-in-one-place",
            comment: "Only the two registries name an engine or a tool; everybody else is given it.",
            severity: "error",
            from: { path: delivery(""), pathNot: [delivery("(engines|tools)/"), choice] },
            to: { path: [delivery(`engines/${anEngine}`), delivery("tools/[^/]+/")] },
        },
    ],
    options: {
        doNotFollow: { path: "node_modules" },
        exclude: { path: "^(components/(bin|toolchain)|examples)/" },
        tsPreCompilationDeps: true,
        tsConfig: { fileName: "tsconfig.json" },
        enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["require", "node", "types", "default"] },
    },
};

/** What builds and infrastructure share. */
function contract() {
    return "^components/(contract|databaseRoles|errorDefinition|options|optionRow|lintRules|cronWindow|approvalRisks)\\.ts$";
}
