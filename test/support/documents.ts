import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import GitHubSlugger from "github-slugger";
import MarkdownIt, { type Token } from "markdown-it";

// What the documents contain, read as CommonMark with tables.

const root = path.join(__dirname, "../..");
const markdown = new MarkdownIt({ html: true });

/** Paths of the documents for users and contributors, relative to the root of the repository. */
export const documents = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "scripts/delivery/README.md",
    ...pathsIn("docs").filter((file) => file.endsWith(".md")),
    ...pathsIn("examples").map((directory) => path.posix.join(directory, "README.md")),
].filter((file) => exists(file));

/** Documents whose commands test/integration/documentedCommands.test.ts runs, block by block. */
export const sessionDocuments = ["README.md", "docs/writing-changes.md"];

/** Commands that something else runs: where, and how they are written there. */
export const elsewhere: Record<string, { file: string; as?: string }> = {
    "npm test": { file: ".ci/run" },
    "npm run package": { file: "test/integration/package.test.ts", as: "buildPackage(" },
    "npm pack ./components/bin": { file: "test/integration/package.test.ts", as: '"npm", ["pack"' },
    "npm start -- --migrations examples/flowable-changelog": {
        file: "test/integration/localPublicChangelog.test.ts",
        as: "examples/flowable-changelog",
    },
    "npm start -- --migrations examples/knex": {
        file: "test/integration/localExamples.test.ts",
        as: "npm start -- --migrations examples/knex",
    },
    "npm run baseline -- --generate --catalog catalog.json": { file: "test/integration/adopting.test.ts" },
    'npm run baseline -- --catalog catalog.json --accept "table public.audit"': {
        file: "test/integration/baseline.test.ts",
        as: '"table public.audit"',
    },
    ...Object.fromEntries(
        [
            "git worktree add .local/base origin/main",
            "npm run review -- --base .local/base/migrations --check .local/check/report.json",
            "git worktree remove .local/base",
        ].map((command) => [
            command,
            { file: "test/integration/review.test.ts", as: 'shellBlocks("docs/review-and-approval.md", false)' },
        ]),
    ),
    // It runs until it is interrupted.
    "npm start -- --watch": { file: "test/integration/watch.test.ts", as: "npm start -- --watch" },
};

/** A fenced block: its language, whatever else its first line says, and its content. */
export interface Fence {
    language: string;
    marks: string[];
    content: string;
}

const shells = ["sh", "bash", "shell", "console"];

/** Marks a block whose commands need an AWS account, so that no test can run them. */
export const needsAws = "needs-aws";

export function textOf(document: string): string {
    return readFileSync(path.join(root, document), "utf8");
}

const parsed = new Map<string, Token[]>();

function tokensOf(document: string): Token[] {
    const tokens = parsed.get(document) ?? markdown.parse(textOf(document), {});
    parsed.set(document, tokens);
    return tokens;
}

export function fencesOf(document: string): Fence[] {
    return tokensOf(document)
        .filter(({ type }) => type === "fence")
        .map(({ info, content }) => {
            const [language = "", ...marks] = info.trim().split(/\s+/);
            return { language, marks, content };
        });
}

/** The shell blocks of a document: those that tests run, or those that need an AWS account. */
export function shellBlocks(document: string, aws: boolean): string[] {
    return fencesOf(document)
        .filter(({ language, marks }) => shells.includes(language) && marks.includes(needsAws) === aws)
        .map(({ content }) => content);
}

/** Commands of a shell block, continued lines as one. */
export function commandsIn(block: string): string[] {
    return block
        .replace(/\\\n\s*/g, "")
        .split("\n")
        .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
        .filter((line) => line !== "");
}

/** Targets of links and images, as they are written. */
export function linksOf(document: string): string[] {
    const inline = tokensOf(document).flatMap(({ children }) => children ?? []);
    return inline.flatMap((token) => token.attrGet("href") ?? token.attrGet("src") ?? []);
}

/** The code spans of a document's text, tables included: `npm start -- --keep`. */
export function inlineCodeOf(document: string): string[] {
    const inline = tokensOf(document).flatMap(({ children }) => children ?? []);
    return inline.filter(({ type }) => type === "code_inline").map(({ content }) => content);
}

/** The anchors that GitHub gives the headings of a document. */
export function anchorsOf(document: string): string[] {
    const tokens = tokensOf(document);
    const slugger = new GitHubSlugger();
    return tokens.flatMap(({ type }, index) => {
        if (type !== "heading_open") return [];
        const text = (tokens[index + 1]!.children ?? []).map(({ content }) => content).join("");
        return slugger.slug(text);
    });
}

function pathsIn(directory: string): string[] {
    return readdirSync(path.join(root, directory)).map((name) => path.posix.join(directory, name));
}

function exists(file: string): boolean {
    try {
        return readFileSync(path.join(root, file)).length > 0;
    } catch {
        return false;
    }
}
