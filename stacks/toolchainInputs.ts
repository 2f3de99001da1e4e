import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/** The Java of the delivery program: what its tools share, and each tool's own. */
export const javaSources = ["java", "liquibase/java", "flyway/java"].map(
    (directory) => `scripts/delivery/tools/${directory}`,
);

// The archive's contents and the files that build it. The lock file represents the npm packages.
const sources: { path: string; extension: string }[] = [
    { path: "migrations/pom.xml", extension: "" },
    { path: "migrations/jars.lock.json", extension: "" },
    { path: "package-lock.json", extension: "" },
    { path: "components/approvalRisks.ts", extension: "" },
    { path: "components/contract.ts", extension: "" },
    { path: "components/cronWindow.ts", extension: "" },
    { path: "components/errorDefinition.ts", extension: "" },
    { path: "components/lintRules.ts", extension: "" },
    { path: "components/optionRow.ts", extension: "" },
    { path: "components/options.ts", extension: "" },
    { path: "scripts/delivery", extension: ".ts" },
    ...javaSources.map((directory) => ({ path: directory, extension: "" })),
    { path: "scripts/toolchain", extension: ".ts" },
    { path: "stacks/toolchainInputs.ts", extension: "" },
    { path: "scripts/toolchain/pom.xml", extension: "" },
    { path: "scripts/toolchain/jars.lock.json", extension: "" },
];

/** Checksum of all inputs of the archive. */
export function hashInputs(root: string): string {
    return hashFiles(
        root,
        sources.flatMap((source) => filesBelow(path.join(root, source.path), source.extension)),
    );
}

/** Checksum of files, by their path below the root and their content, and of any additional text. */
export function hashFiles(root: string, files: string[], more = ""): string {
    const hash = crypto.createHash("sha256").update(more);
    for (const file of [...files].sort()) {
        const content = fs.readFileSync(file);
        hash.update(`${path.relative(root, file).replaceAll("\\", "/")}\0${content.length}\0`).update(content);
    }
    return hash.digest("hex");
}

/**
 * Files with this extension below a directory; a file stands for itself. Missing paths are left for the build to
 * report.
 */
export function filesBelow(start: string, extension: string): string[] {
    if (!fs.existsSync(start)) {
        return [];
    }
    if (fs.statSync(start).isFile()) {
        return [start];
    }
    return fs
        .readdirSync(start, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
        .map((entry) => path.join(entry.parentPath, entry.name))
        .sort();
}
